import type { ScreenAppRow, ScreenDeed } from "../../protocol/screen.ts";
import { oneLine } from "./terminal-text.ts";

const NAME = 60;
const TITLE = 100;

/** Programs and their windows, one line each; a title is someone else's text. `*`: has the keyboard. */
export function appLines(apps: readonly ScreenAppRow[]): string[] {
  return apps.flatMap(({ name, pid, isResponding, windows }) => {
    const silent = isResponding ? "" : " — does not respond, so its windows are not known";
    const head = `${oneLine(name, NAME) || "(no name)"} (${pid})${silent}`;
    const rows = windows.map(
      ({ title, isActive, isModal }) =>
        `  ${isActive ? "*" : "-"} ${oneLine(title, TITLE) || "(no title)"}${isModal ? " (dialog)" : ""}`,
    );
    return [head, ...rows];
  });
}

/** What came of an action, in one line: what was done to what, and whether that is certain. */
export function deedLine(ref: string, action: string, { target, acted }: ScreenDeed): string {
  const name = oneLine(target.name, NAME);
  const what = `${action} ${ref}${name === "" ? "" : ` ${JSON.stringify(name)}`} in ${oneLine(target.app, NAME)}`;
  const note = acted.note === undefined ? "" : ` ${oneLine(acted.note, 300)}`;
  return `${what}: ${certainty(acted)}${note}`;
}

/** Whether what was asked for is known to have happened. */
export function isSurelyDone({ acted }: ScreenDeed): boolean {
  return acted.outcome === "done" && acted.verified !== false;
}

function certainty({ outcome, verified }: ScreenDeed["acted"]): string {
  if (outcome === "unknown") return "not confirmed, so it may have happened; look before you do it again.";
  if (verified === false) return "done, but it is not as asked.";
  return verified === true ? "done, and checked." : "done.";
}
