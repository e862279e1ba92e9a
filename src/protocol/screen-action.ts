import * as z from "zod";

const MAX_TEXT = 100_000;
const MAX_MENU_LEVELS = 10;
const text = z.string().max(MAX_TEXT);
const direction = z.enum(["up", "down", "left", "right"]);

/**
 * What can be done to an element. `press` does what a click would; `set` replaces the text or number of a field; `type` inserts
 * at its caret, over what is selected; `toggle` with `on` only if it is not so yet; `select` an item, or an option of a list by
 * its name; `menu` opens by the names of its levels; `key` sends a chord such as `ctrl+s` to the window; `click` is the last
 * resort, at a point of the element (its middle by default).
 */
export const actionSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("press") }),
  z.object({ action: z.literal("focus") }),
  z.object({ action: z.literal("set"), value: z.union([text, z.number()]) }),
  z.object({ action: z.literal("type"), text }),
  z.object({ action: z.literal("toggle"), on: z.boolean().optional() }),
  z.object({ action: z.literal("select"), option: z.string().optional() }),
  z.object({
    action: z.literal("scroll"),
    direction: direction.optional(),
    pages: z.number().min(0.1).max(100).optional(),
  }),
  z.object({ action: z.literal("menu"), path: z.array(z.string()).min(1).max(MAX_MENU_LEVELS) }),
  z.object({ action: z.literal("key"), chord: z.string().min(1).max(50) }),
  z.object({
    action: z.literal("click"),
    x: z.number().optional(),
    y: z.number().optional(),
    count: z.int().min(1).max(3).optional(),
  }),
]);
export type Action = z.infer<typeof actionSchema>;
export type ActionOf<Name extends Action["action"]> = Extract<Action, { action: Name }>;

/** What an element was when it was read: it must still be, or nothing is done to it. */
export const expectedSchema = z.object({ role: z.string(), name: z.string() });
export type Expected = z.infer<typeof expectedSchema>;

/**
 * What came of an action. `done`: the program took it; `unknown`: it did not confirm, so it may have happened: look again, never
 * repeat. `verified`: whether what was asked for was found afterwards; absent where nothing can be checked.
 */
export const actedSchema = z.object({
  outcome: z.enum(["done", "unknown"]),
  verified: z.boolean().optional(),
  /** Accessibility of the program, or keys and mouse where it has none. */
  by: z.enum(["accessibility", "input"]),
  /** What is there now, or why it is not what was asked for. */
  note: z.string().optional(),
  /** Events of the program until it was quiet. */
  events: z.int().min(0),
});
export type Acted = z.infer<typeof actedSchema>;
