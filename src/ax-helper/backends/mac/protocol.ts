import * as z from "zod";

/**
 * What `loopd-screen` (src/ax-helper/native) reads and writes: one JSON object a line, one request at a time, each
 * answered under its `id`. A request is given up by killing the program. Ids of elements are numbers that are never
 * reused while it runs; points are top-left, in points; times are ms.
 */
export const MAC_PROTOCOL = 1;

/** How much a capture may read; what it leaves out is counted. `rows`: children of one element; `text`: UTF-16 units. */
interface MacLimits {
  nodes?: number;
  depth?: number;
  bytes?: number;
  text?: number;
  rows?: number;
  timeMs?: number;
  /** The longest that one call may wait for the other program. */
  callMs?: number;
}

/** An action and what it is done to. Elements are ids from a capture; `stale` answers one that changed since. */
type MacAction =
  | { action: "press" | "focus" | "select" | "scroll-to"; element: number }
  | { action: "perform"; element: number; name: string }
  | { action: "set-value"; element: number; value: string | number | boolean }
  | { action: "insert-text" | "type"; element: number; text: string }
  | { action: "select-text"; element: number; from: number; count: number }
  | { action: "scroll"; element: number; direction: "up" | "down" | "left" | "right"; pages?: number }
  | { action: "click"; element: number; x?: number; y?: number; count?: number; button?: "left" | "right" }
  /** Opens a pop-up button and takes the item of its menu with that title; closes it again where there is none. */
  | { action: "choose"; element: number; title: string }
  | { action: "menu"; pid: number; path: string[] }
  | { action: "key"; pid: number; chord: string };

/** Every request, without its id. `exclude` names programs that are never taken for the one in front. */
export type MacRequest =
  | { do: "hello" | "apps" | "secure-input" }
  | { do: "trust"; prompt?: boolean }
  | { do: "frontmost"; exclude?: string[] }
  | { do: "windows"; pid: number }
  | ({ do: "capture"; pid?: number; window?: number; element?: number; exclude?: string[] } & MacLimits)
  | { do: "text"; element: number; from?: number; count?: number }
  | { do: "hit"; x: number; y: number }
  | { do: "check"; element: number }
  | ({ do: "act"; timeMs?: number; callMs?: number } & MacAction);

const count = z.int().min(0);

/** One element as the accessibility API tells of it; what is absent there is absent here. */
const macNode = z.object({
  id: count,
  /** Of a node below another; a root has `root` instead. Parents come before their children. */
  parent: count.optional(),
  root: z.enum(["window", "dialog", "menu", "menu-bar", "element"]).optional(),
  role: z.string().optional(),
  subrole: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  help: z.string().optional(),
  placeholder: z.string().optional(),
  identifier: z.string().optional(),
  /** The mark of a menu item that is on. */
  mark: z.string().optional(),
  /** Of a long text the part on view; `characters` is the whole length in UTF-16 units. Absent of secure fields. */
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  characters: count.optional(),
  secure: z.literal(true).optional(),
  rect: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  enabled: z.boolean().optional(),
  focused: z.boolean().optional(),
  selected: z.boolean().optional(),
  expanded: z.boolean().optional(),
  disclosing: z.boolean().optional(),
  modal: z.boolean().optional(),
  /** Asked of texts only: whether the value may be set. */
  settable: z.boolean().optional(),
  /** The element that names this one; perhaps not among the nodes. */
  label: count.optional(),
  /** Further children that exist and were not read. */
  more: count.optional(),
  /** It is part of a page. Told of elements that were asked for by themselves. */
  page: z.literal(true).optional(),
  /** The program failed to tell something of it. */
  incomplete: z.literal(true).optional(),
});
export type MacNode = z.infer<typeof macNode>;

const nodes = z.object({
  nodes: z.array(macNode),
  /** `[id, count]`: children of a node that a limit left out, besides its `more`. */
  unread: z.array(z.tuple([count, count])),
  cut: z.enum(["none", "nodes", "depth", "bytes", "time", "not-responding", "memory"]),
  /** Messages sent to the program, and elements held. */
  calls: count,
  held: count,
});

/** The answer to `capture` of one element. */
export const macBranch = nodes;

/** The answer to `capture` of a window; `window` null: the program has none. */
export const macCapture = nodes.extend({
  app: z.object({ pid: z.int(), name: z.string(), toolkit: z.enum(["native", "electron", "chromium", "qt"]) }),
  /**
   * `front`: whether its program would give it the keyboard; `number`: the window server's, 0 when unknown; `scale`: pixels per
   * point, as in its screenshots.
   */
  window: z
    .object({ id: count, front: z.boolean(), number: z.int().optional(), scale: z.number().optional() })
    .nullable(),
  focused: count.optional(),
});
export type MacCapture = z.infer<typeof macCapture>;

/** The other answers, by request. */
export const macAnswers = {
  /** `responsible`: whether macOS asks for this program alone (`self`) or for what started it. */
  hello: z.object({
    protocol: z.int(),
    version: z.string(),
    pid: z.int(),
    responsible: z.enum(["self", "unavailable", "failed"]),
    trusted: z.boolean(),
  }),
  trust: z.object({ trusted: z.boolean(), settings: z.string() }),
  "secure-input": z.object({ enabled: z.boolean() }),
  apps: z.object({
    apps: z.array(z.object({ pid: z.int(), name: z.string(), windows: count, onScreen: z.boolean() })),
  }),
  frontmost: z.object({ pid: z.int(), name: z.string(), source: z.enum(["focus", "window-list"]) }),
  /** `front`: the one that the program would give the keyboard; perhaps not among them. */
  windows: z.object({ windows: z.array(macNode), front: count.optional() }),
  text: z.object({ text: z.string(), characters: z.int().min(-1) }),
  hit: z.object({ pid: z.int(), node: macNode }),
  /** `same`: role and name are what they were when it was last read. */
  check: z.object({ same: z.boolean(), node: macNode }),
  /** `unknown`: the program did not confirm; it may have happened, so look again and never repeat. */
  act: z.object({ outcome: z.enum(["done", "unknown"]) }),
};

/** Why a request was refused. */
const macError = z.object({
  code: z.enum([
    "invalid", // the request itself
    "no-trust", // no grant for Accessibility
    "no-app",
    "no-tree", // the program does not speak of its windows
    "not-responding", // it let a call wait its whole limit
    "stale", // the element is not what was read, or was not seen since
    "gone",
    "disabled",
    "read-only",
    "unsupported", // with the actions that there are as `choices`
    "not-found", // of a menu, with the titles that there are as `choices`
    "not-focused", // keys are only sent to what has the keyboard
    "secure-input", // a program keeps the keyboard secret
    "secure", // a secure field is never read
    "off-element",
    "occluded", // something else is at that point
    "failed",
  ]),
  message: z.string(),
  choices: z.array(z.string()).optional(),
});
export type MacError = z.infer<typeof macError>;

/** A line that the program wrote. `id` is null for a request that had none. */
export const macLine = z.object({ id: count.nullable(), ok: z.unknown().optional(), error: macError.optional() });
