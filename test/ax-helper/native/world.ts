/** A value of an attribute: plain, or of a kind that JSON has no word for. */
export type WorldValue =
  | string
  | number
  | boolean
  | { point: [number, number] }
  | { size: [number, number] }
  | { range: [number, number] }
  | { element: number }
  | { elements: number[] }
  | { url: string }
  | { attributed: string }
  | { null: true }
  | { error: number };

/** An element of the stub's world. */
export interface WorldNode {
  parent?: number;
  pid?: number;
  attributes: Record<string, WorldValue>;
  actions?: string[];
  /** Only there once the program has been asked to wake. */
  asleep?: boolean;
  readOnly?: boolean;
  /** Takes every change and makes none. */
  deaf?: boolean;
  /** Not there until something brings it back. */
  dead?: boolean;
  /** What any of its actions changes; the name `dead` takes an element out of the world or brings it back. */
  effects?: { node: number; name: string; value: WorldValue }[];
}

/** A program of the world: where it is, and how it is woken. */
export interface WorldApp {
  pid: number;
  node: number;
  path?: string;
  wakesBy?: string;
  wakeAnswer?: number;
  wakeMs?: number;
}

/** What the stub reads. */
export interface WorldFile {
  frontmost: number;
  apps: WorldApp[];
  windows: { pid: number; number: number; owner: string; rect: number[]; layer?: number; onScreen?: boolean }[];
  nodes: WorldNode[];
}

/** Builds a world element by element. */
export class World {
  readonly file: WorldFile = { frontmost: -1, apps: [], windows: [], nodes: [] };

  /** Adds an element below `parent` and returns its number. */
  add(
    parent: number,
    role: string,
    attributes: Record<string, WorldValue> = {},
    more: Partial<WorldNode> = {},
  ): number {
    this.file.nodes.push({ parent, attributes: { AXRole: role, ...attributes }, ...more });
    return this.file.nodes.length - 1;
  }

  /** Adds a program with a window that has the focus, and a menu bar; in front if it is the first. */
  app(
    name: string,
    options: Partial<WorldApp> & { title?: string } = {},
  ): { pid: number; app: number; window: number; bar: number } {
    const { title = name, ...rest } = options;
    const pid = options.pid ?? 500 + this.file.apps.length;
    const app = this.file.nodes.length;
    this.file.nodes.push({ pid, attributes: { AXRole: "AXApplication", AXTitle: name } });
    const window = this.add(app, "AXWindow", {
      AXTitle: title,
      AXSubrole: "AXStandardWindow",
      ...frame(10, 10, 800, 600),
    });
    const bar = this.add(app, "AXMenuBar");
    Object.assign(this.node(app).attributes, {
      AXFocusedWindow: { element: window },
      AXWindows: { elements: [window] },
      AXMenuBar: { element: bar },
    });
    this.file.apps.push({ pid, node: app, ...rest });
    this.file.windows.push({ pid, number: pid * 10, owner: name, rect: [10, 10, 800, 600] });
    if (this.file.frontmost < 0) this.file.frontmost = pid;
    return { pid, app, window, bar };
  }

  /** The element of a number. */
  node(index: number): WorldNode {
    const node = this.file.nodes[index];
    if (node === undefined) throw new Error(`no element ${index}`);
    return node;
  }
}

/** Position and size. */
export function frame(x: number, y: number, width: number, height: number): Record<string, WorldValue> {
  return { AXPosition: { point: [x, y] }, AXSize: { size: [width, height] } };
}
