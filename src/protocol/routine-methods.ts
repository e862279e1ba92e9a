import * as z from "zod";
import { BOTH, FACE, limit, method, none, text, turnIds } from "./method.ts";
import { routineSchema, runRowSchema } from "./routine.ts";

/** A schedule: one of the five. `when`: whatever words; the others as the flags of the command line give them. */
const scheduleSchema = z.strictObject({
  when: text.optional(),
  cron: text.optional(),
  every: text.optional(),
  at: text.optional(),
  on: text.optional(),
});

/** IANA name of the zone that a schedule without one means. Absent: the helper's. */
const zone = text.max(100).optional();
const name = text.max(200);
const { name: routineName, ...settings } = routineSchema.omit({ trigger: true }).shape;

/** What may be changed of a routine; absent is as it was. */
const changes = {
  prompt: settings.prompt.optional(),
  workspace: settings.workspace,
  session: settings.session.unwrap().optional(),
  /** `null`: none of its own. */
  endpoint: settings.endpoint.nullish(),
  model: settings.model.nullish(),
  /** By key; `null` takes one back. */
  overrides: settings.overrides.unwrap().optional(),
  overlap: settings.overlap.unwrap().optional(),
  catchUp: settings.catchUp.unwrap().optional(),
  window: settings.window.nullish(),
  pauseAfterFailures: settings.pauseAfterFailures.unwrap().optional(),
  notify: settings.notify.unwrap().optional(),
};

/** A routine as faces and tools list it. */
const routineRowSchema = z.object({
  ...routineSchema.shape,
  /** Of a list: only the beginning of the prompt is here; `routine.show` has the whole. */
  isPromptCut: z.boolean().optional(),
  /** Its trigger in words. */
  schedule: z.string(),
  /** Why it is paused. Absent: it is not. */
  paused: z.string().optional(),
  /** How many runs have failed in a row. */
  failures: z.number(),
  /** Sources that its words carry, which nobody vouches for. */
  taints: z.array(z.string()).optional(),
  /** ISO time of its next slot. */
  next: z.string().optional(),
  /** The newest line of its ledger. */
  last: runRowSchema.optional(),
});
export type RoutineRow = z.output<typeof routineRowSchema>;

/** A routine with its next five firings in words, as every change of it is answered. */
const shown = z.object({ routine: routineRowSchema, firings: z.array(z.string()) });
const by = text.max(200).optional();

/** Methods about routines and their runs. */
export const routineMethods = {
  "routine.add": method(
    z.strictObject({ name: routineName, ...settings, schedule: scheduleSchema, zone, by }),
    shown,
    BOTH,
  ),
  "routine.edit": method(
    z.strictObject({ name, changes: z.strictObject(changes), schedule: scheduleSchema.optional(), zone, by }),
    shown,
    BOTH,
  ),
  "routine.remove": method(z.object({ name, by }), none, BOTH),
  /** What a schedule would mean, and its next five firings in words; nothing is added. */
  "routine.preview": method(
    z.object({ schedule: scheduleSchema, zone }),
    z.object({ schedule: z.string(), firings: z.array(z.string()) }),
    FACE,
  ),
  /**
   * Sorted by name, from the one after `after` on. `isMore`: the last name is where the next page begins. What else a row
   * may hold that is long (its note) is whole; a long prompt is cut.
   */
  "routine.list": method(
    z.object({ after: name.optional() }),
    z.object({ routines: z.array(routineRowSchema), isMore: z.boolean().optional() }),
    BOTH,
  ),
  "routine.show": method(z.object({ name }), shown, FACE),
  /** Begins a run now, also of a paused routine. */
  "routine.run": method(z.object({ name, by }), z.object({ session: z.string(), turn: z.string() }), FACE),
  /** Cancels its open runs, those that wait to begin too. */
  "routine.cancel": method(z.object({ name, by: text, why: z.string().default("") }), turnIds, FACE),
  "routine.pause": method(z.object({ name, why: z.string().max(500).default(""), by }), shown, FACE),
  "routine.resume": method(z.object({ name, by }), shown, FACE),
  /** Newest first. `before`: only slots before that ISO time; the last line of a page is where the next begins. */
  "routine.runs": method(
    z.object({ name: name.optional(), before: text.optional(), limit }),
    z.object({ runs: z.array(runRowSchema) }),
    BOTH,
  ),
  /** Slots from `from` (ISO time, itself included; absent: now) on. */
  "routine.next": method(
    z.object({ name, count: z.int().min(1).max(1_000).default(5), from: text.optional() }),
    z.object({ slots: z.array(z.object({ scheduledFor: z.string(), words: z.string() })) }),
    FACE,
  ),
  /**
   * Runs for the past slots from `from` to `to` (ISO, both included) that have none, one after the other. `isDryRun`: only
   * says which.
   */
  "routine.backfill": method(
    z.object({ name, from: text, to: text, isDryRun: z.boolean().default(false), by }),
    z.object({ slots: z.array(z.string()), left: z.number() }),
    FACE,
  ),
  /** Looks at once whether anything is due. */
  "routine.poke": method(none, none, FACE),
} as const;
