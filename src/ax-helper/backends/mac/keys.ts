import { KEY_NAMES, type Modifier, parseKeyChord } from "../../actions/key-chord.ts";
import { Problem } from "../../problem.ts";

const MODIFIERS: Record<Modifier, string> = { shift: "shift", ctrl: "ctrl", alt: "alt", super: "cmd" };
/** Names of X11 for which macOS has others; the rest only differs by case. */
const NAMES: Record<string, string> = { Page_Up: "pageup", Page_Down: "pagedown", minus: "-" };
/** No Mac keyboard has these. */
const MISSING = new Set(["Insert", "Menu"]);
/** Characters above others on a US keyboard, by whose places keys go. */
const SHIFTED = '~!@#$%^&*()_{}|:"<>?';
const PLAIN = "`1234567890-[]\\;',./";

/** A chord such as `ctrl+shift+s` in the words of `loopd-screen`. */
export function macChord(chord: string): string | Problem {
  const keys = parseKeyChord(chord);
  const shifted = keys === undefined ? -1 : SHIFTED.indexOf(keys.key);
  const plain = shifted < 0 ? keys?.key : PLAIN[shifted];
  if (keys === undefined || plain === undefined || MISSING.has(plain)) {
    const words = `${JSON.stringify(chord)} is no key of a Mac: write cmd+s, alt+Left, Enter.`;
    return new Problem(
      "invalid",
      words,
      KEY_NAMES.filter((name) => !["insert", "menu"].includes(name)),
    );
  }
  const modifiers = [...keys.modifiers.map((each) => MODIFIERS[each]), ...(shifted < 0 ? [] : ["shift"])];
  return [...new Set(modifiers), NAMES[plain] ?? plain.toLowerCase()].join("+");
}
