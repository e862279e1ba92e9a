import { rm } from "node:fs/promises";
import { join } from "node:path";
import { asLoopdError } from "../src/protocol/errors.ts";
import type { FileUndo } from "../src/protocol/requests.ts";
import type { SessionId } from "../src/protocol/values.ts";
import { type FileState, MAX_FILE_BYTES, readFileState, sha256Of } from "../src/tools/files/file-state.ts";
import { protectedLinks } from "../src/tools/files/hard-links.ts";
import { realPathOf } from "../src/tools/files/real-path.ts";
import { removeFile, type Replaced, replaceFile, temporaryPath } from "../src/tools/files/replace-file.ts";
import { isProtected } from "../src/tools/protected-paths.ts";
import type { Hub } from "./hub.ts";
import type { Blobs } from "./store/blobs.ts";
import type { FileChangeRow } from "./store/file-list.ts";
import { type FileVersion, fileChangeOf, planUndo } from "./undo-plan.ts";

/** What taking back works with. */
export interface UndoWorld {
  hub: Hub;
  blobs: Blobs;
  /** Folder of the blobs, for words that tell a person where something is kept. */
  blobFolder: string;
  /** Real paths that are never touched. */
  protectedPaths: readonly string[];
}

/** One file whose changes are taken back. */
interface UndoFile extends UndoWorld {
  session: SessionId;
  path: string;
  /** Oldest first; at least one. */
  changes: readonly FileChangeRow[];
  isDryRun: boolean;
  /** Who asked for it. */
  by: string;
}

/** Takes back what a session changed in one file, or says why not. Recorded before it is done, like any change. */
export async function undoFile(undo: UndoFile): Promise<FileUndo> {
  const { path } = undo;
  try {
    return { path, ...(await taken(undo)) };
  } catch (thrown) {
    return { path, result: "failed", detail: asLoopdError(thrown).message };
  }
}

type Result = Omit<FileUndo, "path">;

async function taken(undo: UndoFile): Promise<Result> {
  const { path, changes, protectedPaths, isDryRun } = undo;
  if (isProtected(path, protectedPaths) || (await protectedLinks([path], protectedPaths)).length > 0) {
    return { result: "failed", detail: "This place is protected now; nothing may change it." };
  }
  const kept = changes.map(fileChangeOf);
  const real = await realPathOf(path);
  if (real !== path) return conflict(undo, `A link leads from here to ${real} now.`, kept[0]?.before);
  const state = await readFileState(path);
  if (state.type === "refused") return conflict(undo, state.why, kept[0]?.before);
  const plan = planUndo(kept, state.type === "file" ? state.sha256 : undefined);
  if (plan.type === "unchanged") return { result: "unchanged" };
  if (plan.type === "conflict") {
    const now = state.type === "file" ? "It was changed again since" : "It was removed since";
    return conflict(undo, `${now}, by somebody else or in another turn.`, plan.before);
  }
  const detail = plan.isPartial
    ? "To how it was before the newest changes; earlier ones stay, since somebody else changed it between them."
    : undefined;
  const bytes = plan.to && (await contentOf(undo, plan.to));
  if (!isDryRun) await put(undo, state, plan.to, bytes);
  return { result: plan.to === undefined ? "removed" : "restored", detail };
}

/** Left as it is, with where to find what was there. */
function conflict({ blobFolder }: UndoFile, why: string, before: FileVersion | undefined): Result {
  const kept =
    before === undefined
      ? "Before the changes there was no file."
      : `What was there before the changes is kept in ${join(blobFolder, before.blob)}`;
  return { result: "conflict", detail: `${why} It was left as it is. ${kept}` };
}

async function put(
  { path, session, changes, hub, blobs, by }: UndoFile,
  state: FileState,
  to: FileVersion | undefined,
  bytes: Uint8Array | undefined,
): Promise<void> {
  // A crash in the middle of an earlier change may have left its half.
  for (const { callId, id } of changes) await rm(temporaryPath(path, callId ?? id), { force: true });
  const before =
    state.type === "file" ? { blob: await blobs.save(state.bytes), mode: state.mode, sha256: state.sha256 } : undefined;
  const after = to && { sha256: to.sha256 };
  const [entry] = hub.record([
    { kind: "state.changed", session, data: { store: "file", key: path, by, before, after } },
  ]);
  const expected = state.type === "file" ? state.fingerprint : undefined;
  const change = { path, expected, changeId: entry?.id ?? path, signal: new AbortController().signal };
  const replaced: Replaced =
    bytes === undefined ? await removeFile(change) : await replaceFile({ ...change, bytes, mode: to?.mode });
  if (replaced.type === "refused") throw new Error(replaced.why);
}

async function contentOf({ blobs, blobFolder }: UndoFile, { blob, sha256 }: FileVersion): Promise<Uint8Array> {
  const found = await blobs.read(blob, 0, MAX_FILE_BYTES);
  if (found !== undefined && sha256Of(found.bytes) === sha256) return found.bytes;
  const why = found === undefined ? "is missing" : "is damaged";
  throw new Error(`What was there before the changes ${why} (${join(blobFolder, blob)}), so nothing was changed.`);
}
