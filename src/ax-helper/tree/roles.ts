import type { CapturedNode } from "../../protocol/screen.ts";

/**
 * What a control is, and the first character of its references: button, check, option, text, number, popup, link,
 * menu, tab, slider, item.
 */
export type RoleLetter = "b" | "k" | "o" | "t" | "n" | "p" | "l" | "m" | "x" | "s" | "i";

const LETTERS: Record<string, RoleLetter> = {
  "push button": "b",
  button: "b",
  "push button menu": "b",
  "toggle button": "b",
  "table column header": "b",
  "table row header": "b",
  "check box": "k",
  switch: "k",
  "radio button": "o",
  text: "t",
  entry: "t",
  "password text": "t",
  editbar: "t",
  terminal: "t",
  "spin button": "n",
  dial: "n",
  "combo box": "p",
  link: "l",
  menu: "m",
  "menu item": "m",
  "check menu item": "m",
  "radio menu item": "m",
  "tearoff menu item": "m",
  "page tab": "x",
  slider: "s",
  "tree item": "i",
  calendar: "i",
  "color chooser": "i",
  "date editor": "i",
};

/** Roles that are items if they can be selected. */
const SELECTABLE = new Set(["table cell", "table row", "list item", "icon", "image"]);
/** Roles that say nothing of what they are: a control if the keyboard reaches them and they hold no other. */
const NONDESCRIPT = new Set(["panel", "section", "filler", "image", "icon", "unknown", "canvas", "custom"]);
/** Roles whose text is read, and that are no controls. */
const TEXTS = new Set([
  ...["label", "static", "heading", "paragraph", "caption", "text", "block quote", "comment", "footnote", "status bar"],
  ...["table cell", "column header", "row header", "table column header", "description term", "description value"],
  ...["list item", "tool tip", "notification", "alert", "article", "section", "log", "marquee", "timer", "math"],
]);
/** What holds many alike, of which some may be scrolled away. */
const COLLECTIONS = new Set([
  ...["table", "tree table", "tree", "list", "list box", "layered pane", "document web", "document frame"],
  ...["document text", "document spreadsheet", "viewport", "article", "landmark", "grid"],
]);
/** What is folded as one when a budget demands it. */
const GROUPS = new Set([
  ...["tool bar", "form", "page tab list", "menu bar", "popup menu", "dialog", "alert", "info bar", "scroll pane"],
  ...["status bar", "file chooser", "grouping", "group", "frame"],
]);

const has = (node: CapturedNode, state: string) => node.states.includes(state);

/** A switch of GTK 3 calls itself a toggle button, but has neither a picture nor something to unfold. */
function isSwitch(node: CapturedNode): boolean {
  if (has(node, "checkable") && !has(node, "expandable")) return true;
  return (
    node.ifaces !== undefined && !node.ifaces.includes("Image") && !has(node, "expandable") && (node.name ?? "") === ""
  );
}

/** A switch in a list of GTK 3 tells that it is one only while it is on. Others of its kind are told by what they show. */
function isToggleCell({ ifaces = [], name = "", children }: CapturedNode): boolean {
  if (name !== "" || children.length > 0 || !ifaces.includes("Action") || !ifaces.includes("TableCell")) return false;
  return !["Text", "Image", "Value"].some((shown) => ifaces.includes(shown));
}

/** Which control an element is, apart from `isNondescript` ones; nothing if it is none. */
export function letterOf(node: CapturedNode): RoleLetter | undefined {
  const { role } = node;
  if (role === "toggle button") return isSwitch(node) && node.text === undefined ? "k" : "b";
  const letter = LETTERS[role];
  if (letter !== undefined) return letter;
  if (role === "table cell" && !has(node, "editable") && (has(node, "checked") || isToggleCell(node))) return "k";
  if (has(node, "editable") && !COLLECTIONS.has(role)) return "t";
  if (!SELECTABLE.has(role)) return undefined;
  if (has(node, "selectable") || (role === "list item" && has(node, "focusable"))) return "i";
  return role === "icon" && node.ifaces?.includes("Action") === true ? "b" : undefined;
}

/** Whether an element may be a control although its role does not tell. */
export function isNondescript(node: CapturedNode): boolean {
  return NONDESCRIPT.has(node.role) && has(node, "focusable");
}

/** Whether the text of an element is something to read. */
export function isText(role: string): boolean {
  return TEXTS.has(role);
}

/** Whether children of it that do not show are scrolled away, rather than closed. */
export function isCollection(role: string): boolean {
  return COLLECTIONS.has(role);
}

/** Whether it is a part of a window that can be folded into one line. Panels are everywhere: those with a name. */
export function isGroup({ role, name = "" }: Pick<CapturedNode, "role" | "name">): boolean {
  return GROUPS.has(role) || COLLECTIONS.has(role) || (role === "panel" && name !== "");
}

/** Whether what hangs below is only seen while it is open: the options of a combo box, the items of a menu. */
export function isPopup(role: string): boolean {
  return role === "menu" || role === "popup menu" || role === "list" || role === "list box" || role === "window";
}

/** Whether it is one of many in a collection, told apart from the others by what it says. */
export function isRow(role: string): boolean {
  return role === "table row" || role === "list item" || role === "tree item";
}

/** Whether the name of a container is worth a word in front of what it holds. */
export function isTitled({ role, name }: CapturedNode): boolean {
  if (role === "scroll pane" || role === "viewport" || role === "document web") return false;
  return isGroup({ role, name }) || role === "internal frame";
}
