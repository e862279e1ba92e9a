import * as z from "zod";
import { Problem } from "../../ax-helper/problem.ts";
import { defineTool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { visibleText } from "../visible-text.ts";
import { type Permission, permissions } from "./platform/desktop.ts";
import { desktopOf } from "./platform/desktop-of.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z.object({ permission: z.enum(permissions), why: z.string().trim().min(1).max(500) });

const TITLES: Readonly<Record<Permission, string>> = {
  files: "to read and write in all folders (Full Disk Access)",
  notifications: "to show notifications",
  automation: "to control other applications (Automation)",
  accessibility: "to see and use the windows of other applications (Accessibility)",
  screen: "to take pictures of the screen (Screen Recording)",
};

const OPEN = "Open the settings";
const DONE = "It is given";
const NO = "No";

/** Asks the person for something that only the system's settings can give, and leads them there. Gives nothing itself. */
export const permissionsRequest = defineTool<z.output<typeof input>>({
  name: "permissions_request",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "other",
  description: "Ask the person for a permission of the system, and open the settings for it.",
  input,
  examples: [{ permission: "files", why: "to sort your downloads" }],
  async run({ permission, why }, context) {
    const isAccessibility = permission === "accessibility";
    const hasPage = (desktopOf(context)?.openSettings(permission) ?? []).length > 0;
    const canOpen = isAccessibility || hasPage;
    const text = `The model asks for the permission ${TITLES[permission]}. It says why: ${visibleText(why)}`;
    const choices = canOpen ? [OPEN, NO] : [DONE, NO];
    const { resolution, answer } = await context.ask({ text, from: "model", choices });
    if (resolution !== "answered" || answer === NO) return refused;
    if (!canOpen) return { text: "The person says that it is given. permissions_check tells what works now." };
    if (answer !== OPEN) return { text: `The person answered: ${JSON.stringify(answer)}. Nothing was opened.` };
    const told = isAccessibility ? await askSystem(context) : undefined;
    if (told !== undefined && (told.isGiven || !hasPage)) return { text: told.words, isError: !told.isGiven };
    const end = await runDesktop(context, (desktop) => desktop.openSettings(permission));
    if (end.type !== "done") return { text: end.why, isError: true };
    return {
      text: "The settings are open; the person has to switch it on there. permissions_check tells what works now.",
    };
  },
});

/** Lets the system itself ask the person, or switches accessibility on where nobody has to be asked. */
async function askSystem({ screen, signal }: ToolContext): Promise<{ isGiven: boolean; words: string } | undefined> {
  const found = await screen.trust("ask", signal);
  if (found instanceof Problem) return { isGiven: false, words: visibleText(found.message) };
  return {
    isGiven: found.trusted,
    words: `${found.trusted ? "Windows can be read now." : ""} ${visibleText(found.how)}`.trim(),
  };
}

const refused: ToolResult = { text: "The person did not give it. Go on without.", isError: true };
