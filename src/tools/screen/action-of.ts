import { parseKeyChord } from "../../ax-helper/actions/key-chord.ts";
import type { Target } from "../../ax-helper/session-screen.ts";
import { isOfMenu } from "../../protocol/own-faces.ts";
import { type Action, actionSchema } from "../../protocol/screen-action.ts";
import { visibleName } from "../visible-text.ts";

/** What a model says of an action, flat. */
export interface AskedAction {
  action: Action["action"];
  text?: string | undefined;
  option?: string | undefined;
  path?: string[] | undefined;
  chord?: string | undefined;
  on?: boolean | undefined;
  direction?: "up" | "down" | "left" | "right" | undefined;
  pages?: number | undefined;
  x?: number | undefined;
  y?: number | undefined;
  count?: number | undefined;
}

/** Actions that put text into the control, and those that put it where the keyboard is: Edit > Paste, for one. */
const TYPING: ReadonlySet<Action["action"]> = new Set(["set", "type", "key", "menu"]);
const AT_FOCUS: ReadonlySet<Action["action"]> = new Set(["key", "menu"]);
/** Keys in a text that lead to another field, where it is typed key by key. */
const LEADS_ON = /[\t\n\r]/;

/** The action that is meant, or why there is none. */
export function actionOf(asked: AskedAction, target: Target): Action | { why: string } {
  const { action, text, option, path, chord, on, direction, pages, x, y, count } = asked;
  const made = (value: object): Action | { why: string } => {
    const present = Object.entries({ action, ...value }).filter(([, one]) => one !== undefined);
    const parsed = actionSchema.safeParse(Object.fromEntries(present));
    return parsed.success ? parsed.data : { why: `${action}: ${parsed.error.issues[0]?.message ?? "unreadable"}.` };
  };
  switch (action) {
    case "press":
    case "focus":
      return made({});
    case "type":
      return text === undefined ? missing(action, "text") : made({ text });
    case "set":
      return text === undefined ? missing(action, "text") : made({ value: valueOf(text, target) });
    case "toggle":
      return made({ on });
    case "select":
      return made({ option: option ?? text });
    case "scroll":
      return made({ direction, pages });
    case "menu":
      return levelsOf(path, text) === undefined ? missing(action, "path") : made({ path: levelsOf(path, text) });
    case "key": {
      const keys = chord ?? text;
      if (keys === undefined) return missing(action, "chord");
      if (parseKeyChord(keys) !== undefined) return made({ chord: keys });
      return { why: `${JSON.stringify(visibleName(keys.slice(0, 50)))} is no key: write ctrl+s, alt+f4 or Enter.` };
    }
    case "click":
      if ((x === undefined) !== (y === undefined)) return { why: "click takes x and y, or neither for the middle." };
      return made({ x, y, count });
  }
}

/**
 * Whether an action puts text into a field that keeps it secret, or may do so: by what is chosen from a menu while such a field
 * has the keyboard (Paste), or by a text with a Tab in it beside one.
 */
export function isSecret(act: Action, { role, isSecure, hasSecureFocus, isNearSecure }: Target): boolean {
  const { action } = act;
  if (hasSecureFocus && (AT_FOCUS.has(action) || isOfMenu(role))) return true;
  if (!TYPING.has(action)) return false;
  const text = action === "type" ? act.text : action === "set" ? String(act.value) : "";
  return isSecure || (isNearSecure && LEADS_ON.test(text));
}

function missing(action: string, what: string): { why: string } {
  return { why: `${action} needs ${what}.` };
}

function valueOf(text: string, { takesNumber }: Target): string | number {
  const isNumber = takesNumber && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/.test(text);
  return isNumber ? Number(text) : text;
}

/** Levels of a menu; a model may write them as one text, `File > Save As`. */
function levelsOf(path: string[] | undefined, text: string | undefined): string[] | undefined {
  const given = path ?? (text === undefined ? [] : [text]);
  const [only, ...others] = given;
  const levels = only !== undefined && others.length === 0 ? only.split(/\s*(?:>|\u2192)\s*/) : given;
  const named = levels.map((level) => level.trim()).filter((level) => level !== "");
  return named.length === 0 ? undefined : named;
}
