import type { Cause, Facts } from "../../protocol/values.ts";
import { isOfMenu, isOwnFace, isShell, isTerminal } from "../../protocol/own-faces.ts";

/** Tools that show a window and change nothing. */
export const READING_TOOLS: readonly string[] = ["screen_read", "screen_expand", "screen_wait"];
/** All that works on windows by what they show: what a grant for a whole application is about. */
export const SCREEN_TOOLS: readonly string[] = [...READING_TOOLS, "screen_act"];

/** Actions that put nothing into a field. What is not among them is taken to do so. */
const HARMLESS_TO_SECRETS: ReadonlySet<string> = new Set("expand press focus scroll click toggle select".split(" "));
/** Actions of which the control tells too little: another key, menu item or point does something else altogether. */
const TOLD_BY_ARGUMENTS: ReadonlySet<string> = new Set(["key", "menu", "click"]);
const LONGEST_NAME = 100;

/** The cause of a call that puts text or keys into a field that keeps them secret. No rule and no grant answers for it. */
export function secretCause({ isSecure, control, app = "an application" }: Facts): Cause | undefined {
  if (isSecure !== true) return undefined;
  if (control !== undefined && HARMLESS_TO_SECRETS.has(control.action) && !isOfMenu(control.role)) return undefined;
  const name = control === undefined || control.name.trim() === "" ? "a field" : control.name;
  return { type: "secure-field", source: `${inOneLine(name)} in ${inOneLine(app)}` };
}

/** Whether an action on a control is known again by that control, so that a grant can be about it. */
export function isKnownAgain({ action, role, name }: NonNullable<Facts["control"]>): boolean {
  return !TOLD_BY_ARGUMENTS.has(action) && name.trim() !== "" && !isShell(role);
}

/** Whether everything in an application may be allowed at once: nowhere where that could answer loopd's cards. */
export function mayBeGivenWhole(app: string): boolean {
  return !isTerminal(app) && !isOwnFace(app);
}

/** Whether a call drives a terminal, also one inside of another program: what is put into it runs. */
export function isInTerminal({ app = "", control }: Pick<Facts, "app" | "control">): boolean {
  return control !== undefined && control.action !== "expand" && (isShell(control.role) || isTerminal(app));
}

function inOneLine(text: string): string {
  return [...text.replace(/\s+/g, " ").trim()].slice(0, LONGEST_NAME).join("");
}
