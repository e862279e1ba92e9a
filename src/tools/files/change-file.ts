import { relative } from "node:path";
import type { Facts } from "../../protocol/values.ts";
import type { Place, ToolContext, ToolResult } from "../define-tool.ts";
import { isInside } from "../protected-paths.ts";
import { visibleName } from "../visible-text.ts";
import { changePreview } from "./change-preview.ts";
import { type FileState, type PresentFile, readFileState, readOnlyWords, sha256Of } from "./file-state.ts";
import { replaceFile } from "./replace-file.ts";
import { decidedPath, inspectPath } from "./resolve-path.ts";

/** What a tool would make of a file: its whole new text, or words about why nothing can be made of it. */
export type PlannedChange = FileChange | { type: "refused"; why: string };

interface FileChange {
  type: "change";
  text: string;
  /** The present text, where it is text that a diff can show. */
  before: string | undefined;
  /** What a person and the model should know besides: line ends that change, and the like. */
  notes: string[];
  /** What was done, for the model. */
  done: string;
}

/** Decides from what is there now. Called for the preview and again for the change itself; must be pure. */
export type PlanChange = (state: FileState, path: string) => PlannedChange | Promise<PlannedChange>;

/** Whether nothing of what was there stays. Then the session must have seen it. */
type Extent = "whole" | "parts";

/** Facts with what would change, as a diff. A change that cannot be made has facts too; `changeFile` tells the model. */
export async function inspectChange(
  path: string,
  place: Place,
  plan: PlanChange,
  extent: Extent,
): Promise<Omit<Facts, "hash">> {
  const where = await inspectPath(path, place);
  if (where.isProtected === true) return where;
  const real = where.paths?.[0] ?? path;
  // Words about text that is not where it should be show the nearest that is.
  const facts = extent === "whole" ? where : { ...where, sources: await place.sourcesOf([real], "content") };
  const state = await readFileState(real);
  const planned = await plan(state, real);
  const before = state.type === "file" ? state.sha256 : state.type;
  if (planned.type === "refused") return { ...facts, before, preview: `This would change nothing: ${planned.why}` };
  const name = isInside(real, place.workspace) ? relative(place.workspace, real) : real;
  const notes = [...planned.notes, ...linkNotes(state)].map((note) => `${note}\n`).join("");
  return { ...facts, before, preview: `${notes}${await changePreview(name, planned.before, planned.text)}` };
}

/**
 * Makes a decided change: refused if the session has seen the file when it was another (or never, where the whole of it
 * is replaced), kept for undo and recorded before anything is written, then put in place all at once.
 */
export async function changeFile(context: ToolContext, plan: PlanChange, extent: Extent): Promise<ToolResult> {
  const path = decidedPath(context.facts);
  const state = await readFileState(path);
  const planned = await plan(state, path);
  if (planned.type === "refused") return failed(planned.why);
  if (state.type === "refused") return failed(state.why);
  const bytes = Buffer.from(planned.text);
  const after = sha256Of(bytes);
  if (state.type === "file") {
    if (after === state.sha256) return unchanged(path, state);
    const problem = (await unseenWords(state, path, extent, context)) ?? (await readOnlyWords(path));
    if (problem !== undefined) return failed(problem);
  }
  await context.request("file.changing", {
    ...{ path, after, bytes: bytes.length, extent, before: await keep(state, context) },
  });
  const replaced = await replaceFile({
    ...{ path, bytes, changeId: context.callId, signal: context.signal },
    ...(state.type === "file"
      ? { expected: state.fingerprint, mode: state.mode }
      : { expected: undefined, mode: undefined }),
  });
  if (replaced.type === "refused") return failed(replaced.why);
  const text = [planned.done, ...planned.notes, ...linkNotes(state)].join("\n");
  return { text, saw: [{ path, fingerprint: replaced.fingerprint }] };
}

const failed = (text: string): ToolResult => ({ text, isError: true });

function unchanged(path: string, { fingerprint }: PresentFile): ToolResult {
  return { text: `${visibleName(path)} holds exactly this already.`, saw: [{ path, fingerprint }] };
}

/** Why the session may not change the file yet: it has not seen it, or seen it when it was another. */
async function unseenWords(
  { fingerprint }: PresentFile,
  path: string,
  extent: Extent,
  context: ToolContext,
): Promise<string | undefined> {
  const seen = await context.request("file.seen", { path });
  if (seen.fingerprint === fingerprint) return undefined;
  const name = visibleName(path);
  if (seen.fingerprint !== undefined) {
    return `${name} has changed since you read it. Nothing was written. Read it again with files_read, then decide anew.`;
  }
  if (extent === "parts") return undefined;
  return `${name} exists, and you have not read it. Nothing was written. Read it with files_read first, then write it, or change parts of it with files_edit.`;
}

/** The present content as a blob, so that the change can be taken back. */
async function keep(
  state: FileState,
  context: ToolContext,
): Promise<{ blob: string; mode: number; sha256: string } | undefined> {
  if (state.type !== "file") return undefined;
  const { bytes, mode, sha256 } = state;
  return { blob: await context.saveBlob(bytes), mode, sha256 };
}

function linkNotes(state: FileState): string[] {
  if (state.type !== "file" || state.links === 1) return [];
  return [
    `The file has ${state.links} names (hard links); only this one gets the new content, the others keep the old.`,
  ];
}
