/** Keys that are pressed together: modifiers, and one key by its name in X11 (`Return`) or its character. */
export interface KeyChord {
  modifiers: Modifier[];
  key: string;
}
export type Modifier = "shift" | "ctrl" | "alt" | "super";

const MODIFIERS: Record<string, Modifier> = {
  ...{ shift: "shift", ctrl: "ctrl", control: "ctrl", alt: "alt", option: "alt", meta: "super" },
  ...{ super: "super", cmd: "super", command: "super", win: "super" },
};

/** Keys that are no character: names as people write them, and those of X11. */
const KEYS: Record<string, string> = {
  ...{ enter: "Return", return: "Return", tab: "Tab", esc: "Escape", escape: "Escape", space: "space" },
  ...{ backspace: "BackSpace", delete: "Delete", del: "Delete", insert: "Insert", home: "Home", end: "End" },
  ...{ pageup: "Page_Up", pagedown: "Page_Down", up: "Up", down: "Down", left: "Left", right: "Right", menu: "Menu" },
  ...{ plus: "plus", minus: "minus" },
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index + 1}`, `F${index + 1}`])),
};

/** Names of all keys that are no character, for a message. */
export const KEY_NAMES: readonly string[] = Object.keys(KEYS);

/** Reads a chord such as `ctrl+shift+s`, `Enter` or `ctrl++`; undefined when it is none. */
export function parseKeyChord(chord: string): KeyChord | undefined {
  const ends = chord.endsWith("++") || chord === "+";
  const parts = (ends ? chord.slice(0, -1) : chord).split("+").map((part) => part.trim());
  const last = ends ? "+" : parts.pop();
  if (ends) parts.pop();
  const modifiers = parts.map((part) => MODIFIERS[part.toLowerCase()]);
  if (last === undefined || modifiers.includes(undefined)) return undefined;
  const known = KEYS[last.toLowerCase().replaceAll(/[ _-]/g, "") || last] ?? undefined;
  const key = known ?? ([...last].length === 1 ? last : undefined);
  return key === undefined ? undefined : { modifiers: modifiers.filter((each) => each !== undefined), key };
}
