import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { visibleText } from "../visible-text.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z.object({
  text: z.string().trim().min(1).max(10_000),
  voice: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ()+_./-]{0,63}$/u, "the name of a voice")
    .optional(),
});

/** Says a text aloud; the voice stops when the call does. */
export const speak = defineTool<z.output<typeof input>>({
  name: "speak",
  group: "system",
  effect: "ui",
  isIdempotent: false,
  timeLimit: "other",
  description: "Say text aloud and wait until it is said. voice: one of this machine's.",
  input,
  examples: [{ text: "Dinner is ready." }],
  inspect: async ({ text }) => ({ preview: visibleText(text) }),
  async run({ text, voice }, context) {
    const said = text.replace(/[^\P{Cc}\n\t]/gu, " ");
    const end = await runDesktop(context, (desktop) => desktop.speak(said, voice));
    if (end.type !== "done") return { text: end.why, isError: true };
    return { text: "It was said." };
  },
});
