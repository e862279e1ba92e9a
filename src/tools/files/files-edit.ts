import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool } from "../define-tool.ts";
import { visibleName } from "../visible-text.ts";
import { applyEdits, type Edit } from "./apply-edits.ts";
import { changeFile, inspectChange, type PlanChange } from "./change-file.ts";
import { decodeText } from "./decode-text.ts";
import { missingWords } from "./missing.ts";
import { systemText } from "./resolve-path.ts";

const edit = z.object({
  old: z.string().min(1, "the exact text to replace, not an empty one"),
  new: z.string(),
  all: z.boolean().optional(),
});
const input = z.object({ path: systemText, edits: z.array(edit).min(1).max(500) });
type Input = z.output<typeof input>;

const SHOWN_LINES = 10;

/** Replaces exact pieces of a text file, all or none. Atomic; can be undone. */
export const filesEdit = defineTool<Input>({
  name: "files_edit",
  group: "files",
  effect: "write",
  isIdempotent: false,
  timeLimit: "other",
  description: "Replace exact text in a file. Each old must occur once in the file as it is now, unless all.",
  input,
  examples: [{ path: "README.md", edits: [{ old: "Helo", new: "Hello" }] }],
  inspect: ({ path, edits }, place) => inspectChange(path, place, planEdits(edits, NOTHING_NAMED), "parts"),
  run: ({ edits }, context) => changeFile(context, planEdits(edits, context.isClosed), "parts"),
});

/** Before it is decided nobody knows what rules close to the call. */
const NOTHING_NAMED = () => true;

function planEdits(edits: readonly Edit[], isClosed: (path: string) => boolean): PlanChange {
  return async (state, path) => {
    if (state.type === "refused") return state;
    if (state.type === "absent") return { type: "refused", why: await missingWords(path, isClosed) };
    const before = decodeText(state.bytes);
    if (before === undefined) {
      const why = `${visibleName(path)} is no UTF-8 text, so nothing in it can be replaced exactly. Change it with a command instead.`;
      return { type: "refused", why };
    }
    const edited = applyEdits(before, edits);
    if (edited.type === "refused") return edited;
    const shown = edited.lines.slice(0, SHOWN_LINES).map(grouped).join("; ");
    const where = edited.lines.length > SHOWN_LINES ? `${shown}; …` : shown;
    const count = grouped(edited.lines.length);
    const done = `Edited ${visibleName(path)}: ${count} ${count === "1" ? "place, line" : "places, lines"} ${where}.`;
    return { type: "change", text: edited.text, before, notes: [], done };
  };
}
