import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { plainLine, visibleText } from "../visible-text.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z.object({ title: z.string().trim().min(1).max(200), text: z.string().trim().min(1).max(1000) });

/**
 * Shows a notification. It stands outside of every face, where a person may take it for the word of another program: so it
 * is `ui`, which a person permits once or by a rule, and it always says that it is from loopd.
 */
export const notify = defineTool<z.output<typeof input>>({
  name: "notify",
  group: "system",
  effect: "ui",
  isIdempotent: false,
  timeLimit: "internal",
  description: "Show the person a notification.",
  input,
  examples: [{ title: "Backup", text: "All files are copied." }],
  inspect: async ({ title, text }) => ({ preview: `${visibleText(title)}\n${visibleText(text)}` }),
  async run({ title, text }, context) {
    const heading = `loopd: ${plainLine(title, 200)}`;
    const end = await runDesktop(context, (desktop) => desktop.notify(heading, visibleText(text)));
    if (end.type !== "done") return { text: end.why, isError: true };
    return { text: "The notification was shown." };
  },
});
