import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { plainLine } from "../visible-text.ts";
import { WINDOWS_SOURCE, windowLines } from "./open-windows.ts";
import { desktopOf } from "./platform/desktop-of.ts";
import { askDesktop } from "./platform/run-desktop.ts";

const input = z.object({ query: z.string().trim().max(100).default("") });

const MAX_NAMES = 300;

/** Lists the applications of this machine, says which of them run, and what windows those have open. */
export const appList = defineTool<z.output<typeof input>>({
  name: "app_list",
  group: "system",
  effect: "read",
  isIdempotent: true,
  timeLimit: "internal",
  description: "List installed applications, which of them run, and open windows. query: part of a name.",
  input,
  examples: [{ query: "fire" }],
  async run({ query }, context) {
    const desktop = desktopOf(context);
    if (desktop === undefined)
      return { text: `loopd knows no applications of ${context.platform} yet.`, isError: true };
    const all = await desktop.apps();
    const wanted = all.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
    const windows = await windowLines(context, query);
    const open = windows.length === 0 ? {} : { taints: [WINDOWS_SOURCE] };
    if (wanted.length === 0) {
      const what = query === "" ? "No application is" : `No application with ${JSON.stringify(query)} in its name is`;
      return { text: [`${what} installed.`, ...windows].join("\n"), ...open };
    }
    const running = await desktop.running(askDesktop(context), wanted);
    const lines = wanted.map(({ name, id }) => `${plainLine(name, 100)}${running.has(id) ? " (running)" : ""}`);
    const shown = [...new Set(lines)];
    const rest = shown.length > MAX_NAMES ? [`… ${shown.length - MAX_NAMES} more; narrow it by query`] : [];
    return { text: [...shown.slice(0, MAX_NAMES), ...rest, ...windows].join("\n"), ...open };
  },
});
