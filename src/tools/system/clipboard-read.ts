import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { looksBinary } from "../files/looks-like.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z.object({});

/** What programs say where there is nothing, or nothing that is text. */
const EMPTY = /not available|nothing is copied|no selection|no suitable type/i;

/** Reads the text on the clipboard. It may be anything, a password too: there are no facts that would let a rule for the workspace cover it. */
export const clipboardRead = defineTool<z.output<typeof input>>({
  name: "clipboard_read",
  group: "system",
  effect: "read",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Read the text on the clipboard.",
  input,
  examples: [{}],
  inspect: () => Promise.resolve({ source: "clipboard" }),
  async run(_input, context) {
    const end = await runDesktop(context, (desktop) => desktop.readClipboard());
    if (end.type === "failed" && EMPTY.test(end.errors)) return { text: NOTHING };
    if (end.type !== "done") return { text: end.why, isError: true };
    if (end.output.length === 0) return { text: NOTHING };
    const isText = !looksBinary(
      Buffer.from(end.output.subarray(0, 1024).toString("latin1").replaceAll("\0", ""), "latin1"),
    );
    if (!isText) return { text: "What is on the clipboard is no text.", isError: true };
    return { text: end.output.toString("utf8").replaceAll("\0", "␀") };
  },
});

const NOTHING = "[there is no text on the clipboard]";
