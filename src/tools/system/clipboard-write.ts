import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool } from "../define-tool.ts";
import { visibleText } from "../visible-text.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z.object({ text: z.string().min(1).max(1_000_000) });

const MAX_SHOWN = 4000;

/** Puts a text on the clipboard, in place of what was there: what the person pastes next, so they should have seen it. */
export const clipboardWrite = defineTool<z.output<typeof input>>({
  name: "clipboard_write",
  group: "system",
  effect: "ui",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Put text on the clipboard.",
  input,
  examples: [{ text: "Hello" }],
  async inspect({ text }) {
    const rest = text.length > MAX_SHOWN ? `\n… ${grouped(text.length - MAX_SHOWN)} more characters` : "";
    return { preview: visibleText(text.slice(0, MAX_SHOWN)) + rest };
  },
  async run({ text }, context) {
    const end = await runDesktop(context, (desktop) => desktop.writeClipboard(text));
    if (end.type !== "done") return { text: end.why, isError: true };
    return { text: `Put ${grouped(text.length)} characters on the clipboard.` };
  },
});
