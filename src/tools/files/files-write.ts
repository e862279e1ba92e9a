import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool } from "../define-tool.ts";
import { visibleName } from "../visible-text.ts";
import { changeFile, inspectChange, type PlanChange, type PlannedChange } from "./change-file.ts";
import { BYTE_ORDER_MARK, decodeText } from "./decode-text.ts";
import type { PresentFile } from "./file-state.ts";
import { countOf } from "./folded-text.ts";
import { systemText } from "./resolve-path.ts";

const input = z.object({ path: systemText, text: z.string() });
type Input = z.output<typeof input>;

/** Writes a whole text file, new or in place of one that the session has read. Atomic; can be undone. */
export const filesWrite = defineTool<Input>({
  name: "files_write",
  group: "files",
  effect: "write",
  isIdempotent: false,
  timeLimit: "other",
  description: "Create a text file, or replace a whole one that you have read.",
  input,
  examples: [{ path: "notes/today.md", text: "# Today\n" }],
  inspect: ({ path, text }, place) => inspectChange(path, place, planWrite(text), "whole"),
  run: ({ text }, context) => changeFile(context, planWrite(text), "whole"),
});

function planWrite(text: string): PlanChange {
  return (state, path) => {
    if (state.type === "refused") return state;
    if (state.type === "file") return planReplacement(text, state, path);
    return { type: "change", text, before: undefined, notes: [], done: `Wrote the new file ${sizeWords(path, text)}.` };
  };
}

function planReplacement(text: string, { bytes }: PresentFile, path: string): PlannedChange {
  const before = decodeText(bytes);
  const done = `Replaced ${sizeWords(path, text)}.`;
  if (before === undefined) {
    const notes = [`It replaces ${grouped(bytes.length)} bytes that are no UTF-8 text.`];
    return { type: "change", text, before: undefined, notes, done };
  }
  const isMarked = before.startsWith(BYTE_ORDER_MARK) && !text.startsWith(BYTE_ORDER_MARK);
  const notes = [...(isMarked ? ["The byte order mark at its start is kept."] : []), ...lineEndNotes(before, text)];
  return { type: "change", text: isMarked ? BYTE_ORDER_MARK + text : text, before, notes, done };
}

/** A diff does not show it, and it touches every line. */
function lineEndNotes(before: string, after: string): string[] {
  const [old, next] = [before, after].map((text) => {
    const crlf = countOf(text, "\r\n");
    const lf = countOf(text, "\n") - crlf;
    if (crlf > 0 && lf > 0) return "both LF and CRLF";
    return crlf > 0 ? "CRLF" : lf > 0 ? "LF" : undefined;
  });
  if (old === undefined || next === undefined || old === next) return [];
  return [`Its lines ended with ${old}; now they end with ${next}.`];
}

function sizeWords(path: string, text: string): string {
  const lines = countOf(text, "\n") + (text === "" || text.endsWith("\n") ? 0 : 1);
  return `${visibleName(path)}: ${grouped(lines)} lines, ${grouped(Buffer.byteLength(text))} bytes`;
}
