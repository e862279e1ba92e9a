import * as z from "zod";
import { actedSchema, actionSchema, expectedSchema } from "../protocol/screen-action.ts";
import { problemSchema } from "./problem.ts";

/* What the helper and the process that looks say to each other: one JSON object a line, each answered under its id. */

const limits = z.object({
  nodes: z.int().min(1).max(20_000),
  depth: z.int().min(1).max(1_000),
  children: z.int().min(1).max(2_000),
  text: z.int().min(0).max(100_000),
  allText: z.int().min(0).max(1_000_000),
  callMs: z.int().min(10).max(60_000),
  timeMs: z.int().min(10).max(60_000),
});
const bounds = limits.partial().optional();
const element = z.string().min(1).max(500);
const app = z.union([z.int(), z.string().max(500)]);

/** Every request, without its id. `app`: a process, or a program's name. */
export const screenRequestSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("apps"), limits: bounds }),
  z.object({
    do: z.literal("capture"),
    app: app.optional(),
    window: element.optional(),
    /** Absent: a window that tells nothing of what it holds is a problem. */
    mayBeSilent: z.boolean().optional(),
    limits: bounds,
  }),
  z.object({
    do: z.literal("text"),
    element,
    from: z.int().min(0),
    count: z.int().min(1).max(100_000),
    limits: bounds,
  }),
  z.object({ do: z.literal("hit"), window: element, x: z.number(), y: z.number(), limits: bounds }),
  z.object({ do: z.literal("check"), element, limits: bounds }),
  z.object({ do: z.literal("act"), element, expected: expectedSchema, act: actionSchema, limits: bounds }),
  // Answered when something changed in the program of a window, or when the time is over.
  z.object({ do: z.literal("changed"), window: element, timeMs: z.int().min(1).max(1_000), limits: bounds }),
  z.object({ do: z.literal("trust"), ask: z.boolean(), limits: bounds }),
]);
export type ScreenRequest = z.infer<typeof screenRequestSchema>;
export type ScreenRequestOf<Name extends ScreenRequest["do"]> = Extract<ScreenRequest, { do: Name }>;

const window = z.object({
  id: z.string(),
  title: z.string(),
  role: z.string(),
  /** Whether it has the keyboard. */
  active: z.boolean(),
  modal: z.boolean(),
});
/** What an element is now. */
const found = z.object({ id: z.string(), role: z.string(), name: z.string(), states: z.array(z.string()) });

/** The answers, by request. A capture is checked by `parseCapture` of the protocol: its tree may be of any depth. */
export const screenAnswers = {
  apps: z.object({
    apps: z.array(
      z.object({
        id: z.string(),
        pid: z.int(),
        name: z.string(),
        /** False: it did not answer in time, so its windows are not known. */
        responding: z.boolean(),
        windows: z.array(window),
      }),
    ),
  }),
  capture: z.looseObject({
    pid: z.int(),
    windowId: z.string(),
    active: z.boolean(),
    /** Why the tree is not whole; what is missing is counted as `more`. */
    cut: z.enum(["none", "nodes", "depth", "bytes", "time", "not-responding", "gone", "memory"]),
    nodes: z.int(),
    calls: z.int(),
  }),
  text: z.object({ text: z.string(), chars: z.int() }),
  hit: z.object({ found: found.nullable() }),
  check: found,
  act: actedSchema,
  /** False: nothing did as far as the backend can tell. */
  changed: z.object({ changed: z.boolean() }),
  trust: z.object({ trusted: z.boolean(), how: z.string() }),
};
export type ScreenAnswerOf<Name extends ScreenRequest["do"]> = z.infer<(typeof screenAnswers)[Name]>;

/** A line that the process writes. */
export const screenLineSchema = z.object({ id: z.int(), ok: z.unknown().optional(), error: problemSchema.optional() });
