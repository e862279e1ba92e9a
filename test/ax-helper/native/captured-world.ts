import { frame, World, type WorldValue } from "./world.ts";

/** An element of a capture over AT-SPI, as in test/fixtures/ax. */
export interface CapturedElement {
  role: string;
  name?: string;
  desc?: string;
  states: string[];
  rect?: [number, number, number, number];
  text?: string;
  chars?: number;
  value?: number;
  secure?: boolean;
  children: CapturedElement[];
}

/** A whole capture. */
export interface CapturedWindow {
  app: string;
  toolkit: string;
  window: string;
  tree: CapturedElement;
}

const ROLES: Record<string, string> = {
  "push button": "AXButton",
  "toggle button": "AXCheckBox",
  "check box": "AXCheckBox",
  "radio button": "AXRadioButton",
  "combo box": "AXPopUpButton",
  "password text": "AXTextField",
  entry: "AXTextField",
  text: "AXTextField",
  label: "AXStaticText",
  static: "AXStaticText",
  link: "AXLink",
  icon: "AXImage",
  slider: "AXSlider",
  "spin button": "AXIncrementor",
  "progress bar": "AXProgressIndicator",
  "level bar": "AXLevelIndicator",
  "scroll bar": "AXScrollBar",
  "scroll pane": "AXScrollArea",
  "split pane": "AXSplitGroup",
  separator: "AXSplitter",
  "tool bar": "AXToolbar",
  "page tab list": "AXTabGroup",
  "page tab": "AXRadioButton",
  table: "AXTable",
  "tree table": "AXOutline",
  "table row": "AXRow",
  "table cell": "AXCell",
  "table column header": "AXButton",
  list: "AXList",
  "list box": "AXList",
  heading: "AXHeading",
  "document web": "AXWebArea",
};
const SUBROLES: Record<string, string> = {
  "toggle button": "AXToggle",
  "page tab": "AXTabButton",
  "password text": "AXSecureTextField",
};
const CHECKED = new Set(["toggle button", "check box", "radio button", "page tab"]);

function attributesOf(element: CapturedElement): Record<string, WorldValue> {
  const { role, name = "", states, rect } = element;
  const attributes: Record<string, WorldValue> = { AXEnabled: states.includes("sensitive") };
  if (rect !== undefined) Object.assign(attributes, frame(...rect));
  const subrole = SUBROLES[role];
  if (subrole !== undefined) attributes["AXSubrole"] = subrole;
  if (ROLES[role] === "AXStaticText") attributes["AXValue"] = name;
  else if (name !== "") attributes["AXTitle"] = name;
  if (element.desc !== undefined) attributes["AXHelp"] = element.desc;
  if (CHECKED.has(role)) attributes["AXValue"] = states.includes("checked") || states.includes("selected") ? 1 : 0;
  if (element.value !== undefined) attributes["AXValue"] = element.value;
  if (states.includes("selectable")) attributes["AXSelected"] = states.includes("selected");
  if (states.includes("focused")) attributes["AXFocused"] = true;
  if (states.includes("editable") || role === "entry" || role === "text") {
    const text = element.secure === true ? "swordfish" : (element.text ?? "");
    attributes["AXValue"] = text;
    attributes["AXNumberOfCharacters"] = element.chars ?? text.length;
  }
  return attributes;
}

/** Cells of one line of a table, which GTK hangs below the table itself and macOS below a row. */
function rowsOf(cells: CapturedElement[]): CapturedElement[][] {
  const rows = new Map<number, CapturedElement[]>();
  for (const cell of cells) {
    const y = cell.rect?.[1] ?? 0;
    rows.set(y, [...(rows.get(y) ?? []), cell]);
  }
  return [...rows.values()];
}

function addMenu(world: World, parent: number, menu: CapturedElement, role: string): void {
  const item = world.add(parent, role, { AXTitle: menu.name ?? "", AXEnabled: true }, { actions: ["AXPress"] });
  if (menu.children.length === 0) return;
  const inner = world.add(item, "AXMenu");
  for (const child of menu.children) addMenu(world, inner, child, "AXMenuItem");
}

function addTable(world: World, table: number, cells: CapturedElement[], bar: number): void {
  const rows: number[] = [];
  for (const row of rowsOf(cells)) {
    const rect = row[0]?.rect;
    const index = world.add(table, "AXRow", { AXSelected: false, ...(rect === undefined ? {} : frame(...rect)) });
    rows.push(index);
    for (const cell of row) addElement(world, index, cell, bar);
  }
  Object.assign(world.node(table).attributes, { AXRows: { elements: rows }, AXVisibleRows: { elements: rows } });
}

/** Adds what shows of a captured element, as a Mac program would tell of it. */
function addElement(world: World, parent: number, element: CapturedElement, bar: number): void {
  if (element.role === "menu bar") {
    for (const menu of element.children) addMenu(world, bar, menu, "AXMenuBarItem");
    return;
  }
  if (!element.states.includes("showing")) return;
  const isText = element.role === "text" && element.states.includes("multi-line");
  // HTML's label around a field is a group on a Mac.
  const isGroup = element.role === "label" && element.children.length > 0;
  const role = isText ? "AXTextArea" : isGroup ? "AXGroup" : (ROLES[element.role] ?? "AXGroup");
  const index = world.add(parent, role, attributesOf(element), { actions: ["AXPress"] });
  const headers = element.children.filter((child) => child.role === "table column header");
  if (element.role === "table" && headers.length > 0) {
    const header = world.add(index, "AXGroup");
    for (const child of headers) addElement(world, header, child, bar);
    world.node(index).attributes["AXHeader"] = { element: header };
  }
  const isCells = element.role === "table" && element.children.some(({ role: inner }) => inner === "table cell");
  const cells = isCells
    ? element.children.filter((child) => child.role === "table cell" && child.states.includes("showing"))
    : [];
  if (isCells) addTable(world, index, cells, bar);
  const named = element.role === "table cell" && (element.name ?? "") !== "" && element.children.length === 0;
  if (named) world.add(index, "AXStaticText", { AXValue: element.name ?? "" });
  const others = element.children.filter((child) => !cells.includes(child) && !headers.includes(child));
  for (const child of others) addElement(world, index, child, bar);
}

/** The world in which a captured window is that of a Mac program. */
export function capturedWorld(captured: CapturedWindow): World {
  const world = new World();
  const { window, bar } = world.app(captured.app, { title: captured.window });
  const { rect, children } = captured.tree;
  if (rect !== undefined) Object.assign(world.node(window).attributes, frame(...rect));
  for (const child of children) addElement(world, window, child, bar);
  return world;
}
