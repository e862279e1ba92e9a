import * as z from "zod";
import { FACE, method, none, text } from "./method.ts";
import { actedSchema, actionSchema } from "./screen-action.ts";

/** Left, top, width, height in points of the screen. */
const rect = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const nodeShape = z.object({
  role: z.string(),
  name: z.string().optional(),
  desc: z.string().optional(),
  /** In the words of AT-SPI: `showing`, `enabled`, `focused`, `checked`, … */
  states: z.array(z.string()).default([]),
  /** Interfaces of AT-SPI; other backends leave them out. */
  ifaces: z.array(z.string()).optional(),
  rect: rect.optional(),
  /** Names the element as long as it lives; "" if it has no identity. */
  id: z.string().default(""),
  /** The text of a field, or its beginning. Never of a secure field. */
  text: z.string().optional(),
  /** Length of the whole text. */
  chars: z.number().min(0).optional(),
  value: z.number().optional(),
  secure: z.boolean().optional(),
  /** Further children that exist and were not read. */
  more: z.number().min(0).optional(),
});
const windowShape = z.object({ app: z.string(), toolkit: z.string().default(""), window: z.string() });

/** One element of a window as a backend captured it. */
export interface CapturedNode extends z.infer<typeof nodeShape> {
  children: CapturedNode[];
}

/** A window as a backend captured it: the shape of `test/fixtures/ax`, shared by all backends. */
export interface CapturedWindow extends z.infer<typeof windowShape> {
  tree: CapturedNode;
}

const nodeSchema = nodeShape.extend({ children: z.array(z.unknown()).default([]) });
const windowSchema = windowShape.extend({ tree: z.unknown() });

/** The most elements that a capture may have; whoever captures reads fewer. */
const MAX_CAPTURED_NODES = 200_000;

/**
 * A stranger's value as a captured window, or the reason why it is none. Nested to any depth: it does not recurse, so
 * no capture overflows the stack.
 */
export function parseCapture(value: unknown): CapturedWindow | { problem: string } {
  const window = windowSchema.safeParse(value);
  if (!window.success) return { problem: `not a captured window: ${firstIssue(window.error)}` };
  const { tree, ...rest } = window.data;
  const holder: CapturedNode[] = [];
  const waiting: { value: unknown; into: CapturedNode[] }[] = [{ value: tree, into: holder }];
  let read = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const parsed = nodeSchema.safeParse(next.value);
    if (!parsed.success) return { problem: `element ${read} of the tree: ${firstIssue(parsed.error)}` };
    if (++read > MAX_CAPTURED_NODES) return { problem: `more than ${MAX_CAPTURED_NODES} elements` };
    const { children, ...own } = parsed.data;
    const node: CapturedNode = { ...own, children: [] };
    next.into.push(node);
    for (let i = children.length - 1; i >= 0; i--) waiting.push({ value: children[i], into: node.children });
  }
  const [root] = holder;
  return root === undefined ? { problem: "no tree" } : { ...rest, tree: root };
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? "unreadable" : `${issue.path.join(".") || "it"}: ${issue.message}`;
}

/** A control that stands in a rendered screen. `role` is the captured one; a group that is folded is one too. */
const screenControlSchema = z.object({ ref: z.string(), role: z.string(), name: z.string() });

/** A window as the model sees it. */
const renderedScreenSchema = z.object({
  text: z.string(),
  /** Elements of the capture. */
  nodes: z.number(),
  controls: z.array(screenControlSchema),
  /** Controls that the text only counts: scrolled away, not read, or folded for the budget. */
  hidden: z.number(),
  /** ceil(UTF-8 bytes of the text / 3.5). */
  tokens: z.number(),
});
export type RenderedScreen = z.infer<typeof renderedScreenSchema>;

/** The second of two captures, with what changed. `full`: the change is too large, the model gets `text` instead. */
const diffedScreenSchema = renderedScreenSchema.extend({ diff: z.string(), full: z.boolean() });

/** The smallest budget of a rendering, in tokens: the header and one line that counts the rest fit in it. */
export const MIN_SCREEN_BUDGET = 20;
const budget = z.int().min(MIN_SCREEN_BUDGET).optional();
/** The text of a capture file, gzipped, in base64: a frame of the socket would not hold a large one. */
const packed = z.base64();

/** The largest capture that is unpacked, in bytes. */
export const MAX_CAPTURE_BYTES = 64 * 1024 * 1024;

/** Which window is meant. Nothing: the one in front. */
const choice = {
  /** A program's name, in any case, or its process. */
  app: z.union([z.int().min(1), text.max(500)]).optional(),
  /** Its title, or a part of it. */
  window: text.max(500).optional(),
};

/** A window as whoever asks sees it: the whole of it (`isFull`), or what changed since that was read last. */
const sightSchema = z.object({
  app: z.string(),
  window: z.string(),
  text: z.string(),
  isFull: z.boolean(),
  screen: renderedScreenSchema,
});
export type ShownWindow = z.infer<typeof sightSchema>;

/** Why a window could not be shown after something was done. */
const notShownSchema = z.object({ problem: z.string(), message: z.string() });

const deedSchema = z.object({
  target: z.object({ app: z.string(), window: z.string(), role: z.string(), name: z.string(), isSecure: z.boolean() }),
  acted: actedSchema,
  /** False: the screen shows no difference. */
  isChanged: z.boolean(),
  /** The window that has the keyboard afterwards. */
  after: z.union([sightSchema, notShownSchema]),
});
export type ScreenDeed = z.infer<typeof deedSchema>;

const appRowSchema = z.object({
  pid: z.int(),
  name: z.string(),
  /** False: it did not answer in time, so its windows are not known. */
  isResponding: z.boolean(),
  windows: z.array(z.object({ title: z.string(), isActive: z.boolean(), isModal: z.boolean() })),
});
export type ScreenAppRow = z.infer<typeof appRowSchema>;

/** The longest that somebody waits for a window to change, in milliseconds. */
export const MAX_SCREEN_WAIT = 600_000;
const ref = text.max(50);

/** A window in a frame of the socket; `capture` is its JSON, gzipped, in base64. */
const capturedSchema = z.object({
  app: z.string(),
  window: z.string(),
  /** Elements of it, and why it is not whole, if it is not. */
  nodes: z.int(),
  cut: z.string().optional(),
  capture: packed,
});

/**
 * Methods about windows. Those about captures in files look at no screen; the others are a person's own eyes and hands, with
 * references of their own, and no policy stands between.
 */
export const screenMethods = {
  "screen.render": method(z.object({ capture: packed, budget }), renderedScreenSchema, FACE),
  "screen.diff": method(z.object({ before: packed, after: packed, budget }), diffedScreenSchema, FACE),
  "screen.apps": method(none, z.object({ apps: z.array(appRowSchema) }), FACE),
  /** `session`: as that session's model would see it whole; its own sight stays as it is. */
  "screen.read": method(
    z.object({ ...choice, isWhole: z.boolean().default(false), budget, session: text.optional() }),
    sightSchema,
    FACE,
  ),
  /** What a folded group hides, or the text of a control from a character on. */
  "screen.expand": method(z.object({ ref, from: z.int().min(0).default(0), budget }), sightSchema, FACE),
  "screen.act": method(z.object({ ref, act: actionSchema, budget }), deedSchema, FACE),
  /** Answers once a text or control is there, or is gone, or the time is over. */
  "screen.wait": method(
    z.object({
      ...choice,
      text: z.string().min(1).max(1_000),
      role: z.string().min(1).max(100).optional(),
      isGone: z.boolean().default(false),
      limitMs: z.int().min(0).max(MAX_SCREEN_WAIT).default(30_000),
      budget,
    }),
    /** Without a sight the window is closed. */
    z.object({ sight: sightSchema.optional(), isMet: z.boolean() }),
    FACE,
  ),
  "screen.capture": method(z.object(choice), capturedSchema, FACE),
  /** Whether the screen can be read. `isAsking`: lets the system ask the person for it. */
  "screen.permissions": method(
    z.object({ isAsking: z.boolean().default(false) }),
    z.object({ isTrusted: z.boolean(), how: z.string() }),
    FACE,
  ),
};
