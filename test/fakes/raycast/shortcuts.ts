/** A key with its modifiers, in the form extensions declare it for macOS. */
export interface Shortcut {
  modifiers: string[];
  key: string;
}

const keys = (...parts: string[]): Shortcut => ({ modifiers: parts.slice(0, -1), key: parts[parts.length - 1] ?? "" });

/** The values behind `Keyboard.Shortcut.Common`, which the declarations only name; from @raycast/eslint-plugin. */
export const COMMON_SHORTCUTS: Readonly<Record<string, Shortcut>> = {
  Copy: keys("cmd", "shift", "c"),
  CopyDeeplink: keys("cmd", "shift", "c"),
  CopyName: keys("cmd", "opt", "c"),
  CopyPath: keys("cmd", "ctrl", "c"),
  Save: keys("cmd", "s"),
  Duplicate: keys("cmd", "shift", "s"),
  Edit: keys("cmd", "e"),
  MoveDown: keys("cmd", "shift", "arrowDown"),
  MoveUp: keys("cmd", "shift", "arrowUp"),
  New: keys("cmd", "n"),
  Open: keys("cmd", "o"),
  OpenWith: keys("cmd", "shift", "o"),
  Pin: keys("cmd", "."),
  Refresh: keys("cmd", "r"),
  Remove: keys("ctrl", "d"),
  RemoveAll: keys("ctrl", "shift", "d"),
  ToggleQuickLook: keys("cmd", "y"),
};

/** Keys that Raycast keeps for itself: an action that claims one never gets it. */
const RESERVED = new Set([
  ...["enter", "return", "escape", "delete", "deleteForward", "opt+delete", "cmd+shift+/"],
  ...["a", "k", "p", "q", "w", ",", "enter", "return", "escape", "delete"].map((key) => `cmd+${key}`),
]);

/** One spelling per shortcut, whatever the order of its modifiers: `cmd+shift+c`. Undefined for what is no shortcut. */
export function spellingOf(shortcut: unknown): string | undefined {
  if (typeof shortcut !== "object" || shortcut === null) return undefined;
  const { modifiers, key, macOS } = shortcut as Partial<Shortcut> & { macOS?: unknown };
  if (macOS !== undefined) return spellingOf(macOS);
  return modifiers === undefined || key === undefined ? undefined : [...modifiers].sort().concat(key).join("+");
}

/** Whether Raycast would never hand this shortcut to an extension. */
export function isReserved(spelling: string): boolean {
  return RESERVED.has(spelling);
}
