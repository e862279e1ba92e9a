import type { Target } from "../../ax-helper/session-screen.ts";
import type { Action } from "../../protocol/screen-action.ts";
import { plainLine, visibleName, visibleText } from "../visible-text.ts";

const LONGEST_NAME = 120;
const LONGEST_TEXT = 10_000;

/** A window for a person: `Mail – New Message`. */
export function placeWords({ app, window }: { app: string; window: string }): string {
  const [program, title] = [plainLine(app, LONGEST_NAME), plainLine(window, LONGEST_NAME)];
  return title === "" ? program : `${program} – ${title}`;
}

/** A control's name; in quotes where it could be read as more than a name. */
function nameWords({ name, role }: Target): string {
  const line = plainLine(name, LONGEST_NAME);
  if (line === "") return `a ${plainLine(role, LONGEST_NAME)} without a name`;
  return / in |[\u2013:\u201c\u201d">]/.test(line) ? `“${line.replace(/[\u201c\u201d]/g, "'")}”` : line;
}

/** What an action would do, as a person reads it at a glance: `press Send in Mail – New Message`. */
export function deedWords(action: Action, target: Target): string {
  const place = `in ${placeWords(target)}`;
  const name = nameWords(target);
  const secret = target.isSecure ? " (a secret field)" : "";
  switch (action.action) {
    case "press":
      return `press ${name} ${place}`;
    case "focus":
      return `put the keyboard on ${name}${secret} ${place}`;
    case "set":
      return `set ${name}${secret} ${place} to:\n${asText(String(action.value))}`;
    case "type":
      return `type into ${name}${secret} ${place}:\n${asText(action.text)}`;
    case "toggle":
      return `${action.on === undefined ? "toggle" : action.on ? "switch on" : "switch off"} ${name} ${place}`;
    case "select":
      return action.option === undefined
        ? `select ${name} ${place}`
        : `select “${plainLine(action.option, LONGEST_NAME)}” of ${name} ${place}`;
    case "scroll":
      return `scroll ${name} ${action.direction === undefined ? "into view" : action.direction} ${place}`;
    case "menu":
      return `choose ${action.path.map((level) => visibleName(level)).join(" > ")} from the menu ${place}`;
    case "key":
      return `press the keys ${visibleName(action.chord)} at ${name}${secret} ${place}`;
    case "click":
      return `click ${(action.count ?? 1) > 1 ? `${action.count} times ` : ""}at ${name}${pointOf(action)} ${place}`;
  }
}

function pointOf({ x, y }: { x?: number | undefined; y?: number | undefined }): string {
  return x === undefined || y === undefined ? "" : ` (point ${x}, ${y})`;
}

/** Text that would be typed, every line of it marked. */
function asText(text: string): string {
  const shown = visibleText(text.slice(0, LONGEST_TEXT));
  const rest = text.length - LONGEST_TEXT;
  const lines = shown.split("\n").map((line) => `> ${line}`);
  return [...lines, ...(rest > 0 ? [`(and ${rest} more characters)`] : [])].join("\n");
}
