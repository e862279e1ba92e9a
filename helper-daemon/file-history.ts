import { LoopdError } from "../src/protocol/errors.ts";
import type { FileUndo, ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { SessionId } from "../src/protocol/values.ts";
import { createFileTaints } from "./file-taints.ts";
import type { Origin, ToolOrigin } from "./methods.ts";
import type { FileChangeRow } from "./store/file-list.ts";
import type { Store } from "./store/open-store.ts";
import { undoFile, type UndoWorld } from "./undo-file.ts";

/** What sessions have seen of files and changed in them, and taking the changes back. */
export interface FileHistory {
  seen(params: ParsedParamsOf<"file.seen">, origin: Origin): ResultOf<"file.seen">;
  /**
   * Recorded before the change, so that a crash in between leaves a change that can be undone, with the sources that the
   * new content carries: the session's, and those of what stays.
   */
  changing(params: ParsedParamsOf<"file.changing">, origin: Origin): Promise<ResultOf<"file.changing">>;
  /**
   * Newest change first; a file that somebody else has changed since is left alone.
   * @throws LoopdError `unknown-session`, `unknown-turn`, `turn-open`.
   */
  undo(params: ParsedParamsOf<"session.undo-files">): Promise<ResultOf<"session.undo-files">>;
}

/** The file history of every session of a store. */
export function createFileHistory(options: UndoWorld & { store: Store }): FileHistory {
  const { store, hub } = options;
  const fileTaints = createFileTaints(store.taints);
  /** One undo at a time: two of the same session would each see the other's half. */
  let last: Promise<unknown> = Promise.resolve();

  const undoAll = async (params: ParsedParamsOf<"session.undo-files">): Promise<FileUndo[]> => {
    const { session, turn, isDryRun, by } = params;
    const changed = byFile(changesOf(store, session, turn));
    refuseOpen(store, session);
    const files: FileUndo[] = [];
    for (const [path, changes] of changed) {
      // A turn that began meanwhile works with the files as they are now.
      const hasTurn = store.lists.openTurns(session).length > 0;
      if (hasTurn)
        files.push({ path, result: "failed", detail: "A new turn of the session began. Undo again after it." });
      else files.push(await undoFile({ ...options, session, path, changes, isDryRun, by }));
    }
    return files;
  };
  return {
    seen: ({ path }, origin) => ({ fingerprint: store.files.seen(ofTool(origin).session, path) }),
    changing: async ({ path, before, after: sha256, bytes, extent }, origin) => {
      const { session, turn, callId } = ofTool(origin);
      const kept = before === undefined || extent === "whole" ? [] : await fileTaints.of([path], "content");
      const sources = [...new Set([...store.taints.ofCall(callId), ...kept])];
      const after = sha256 === undefined ? undefined : { sha256, ...(bytes === undefined ? {} : { bytes }) };
      const data = { store: "file" as const, key: path, callId, before, after };
      const carried = sources.length === 0 ? {} : { taints: sources };
      hub.record([{ kind: "state.changed", session, turn, data: { ...data, ...carried } }]);
      return {};
    },
    undo: async (params) => {
      const work = last.then(() => undoAll(params));
      last = work.catch(() => undefined);
      return { files: await work };
    },
  };
}

function ofTool(origin: Origin): ToolOrigin {
  if (origin.caller === "tool") return origin;
  throw new LoopdError("not-allowed", "Only a running tool changes files.");
}

function refuseOpen(store: Store, session: SessionId): void {
  const [open] = store.lists.openTurns(session);
  if (open === undefined) return;
  throw new LoopdError(
    "turn-open",
    `Session ${session} still works on turn ${open.turn}, which may change files again. Wait for it (loopd turn wait ${session}) or cancel it (loopd turn cancel ${session}), then undo.`,
  );
}

function changesOf(store: Store, session: SessionId, turn: string | undefined): FileChangeRow[] {
  store.lists.session(session);
  const all = store.files.changes(session);
  if (turn === undefined) return all;
  const known = store.lists.turns(session).find((row) => row.turn === turn);
  if (known?.inheritedFrom !== undefined) {
    const { inheritedFrom: other } = known;
    throw new LoopdError(
      "unknown-turn",
      `Turn ${turn} belongs to session ${other}, from which ${session} was forked. Undo it there with: loopd sessions undo-files ${other} --turn ${turn}`,
    );
  }
  if (known !== undefined) return all.filter((row) => row.turn === turn);
  throw new LoopdError(
    "unknown-turn",
    `Session ${session} has no turn ${turn}. See its turns with: loopd sessions show ${session} --json`,
  );
}

/** The changes by file, the file that changed last first, the changes of each oldest first. */
function byFile(changes: readonly FileChangeRow[]): [string, FileChangeRow[]][] {
  const files = new Map<string, FileChangeRow[]>();
  for (const change of changes) {
    const list = files.get(change.key) ?? [];
    list.push(change);
    files.delete(change.key);
    files.set(change.key, list);
  }
  return [...files].reverse();
}
