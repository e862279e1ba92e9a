import * as z from "zod";
import { parseCron } from "./cron-fields.ts";
import { turnOverridesSchema } from "./overrides.ts";
import { periodSchema } from "./period.ts";
import { fitsIntoEntry, MAX_PROMPT_CHARACTERS } from "./turn-request.ts";

const text = z.string().min(1);
/** An instant in milliseconds since the Unix epoch, until the end of the year 9999. */
const instant = z.int().min(0).max(253_402_300_799_999);

/** A change of a routine is recorded with what it was before, and both have to fit into one entry. */
function fitsTwice(prompt: string): boolean {
  return fitsIntoEntry(prompt + prompt);
}

/** A routine fires at most once a minute. */
export const SHORTEST_PERIOD_MS = 60_000;
const LONGEST_PERIOD_MS = 366 * 86_400_000;

const cronExpression = z.string().check((context) => {
  const parsed = parseCron(context.value);
  if ("mistake" in parsed) context.issues.push({ code: "custom", message: parsed.mistake, input: context.value });
});

/** What makes a routine run. */
export const triggerSchema = z.discriminatedUnion("type", [
  /** Five fields of wall time, as `protocol/cron-fields.ts` reads them, in an IANA zone. */
  z.strictObject({ type: z.literal("cron"), expression: cronExpression, zone: text }),
  /** At `anchor` + n × `ms`, n = 1, 2, …, whatever the clocks on the wall do. */
  z.strictObject({
    type: z.literal("every"),
    ms: z.int().min(SHORTEST_PERIOD_MS, "at least a minute").max(LONGEST_PERIOD_MS, "at most 366 days"),
    anchor: instant,
  }),
  /** Once. The zone is the one it was said in, and is shown in. */
  z.strictObject({ type: z.literal("at"), at: instant, zone: text }),
  /** When the machine has slept and woken. */
  z.strictObject({ type: z.literal("wake") }),
  /** When the person logs in. */
  z.strictObject({ type: z.literal("login") }),
  /** When a file that fits changes: an absolute glob. */
  z.strictObject({ type: z.literal("file"), glob: text.max(4_096) }),
]);
export type Trigger = z.infer<typeof triggerSchema>;

/** A routine as a person or a model defines it. */
export const routineSchema = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u, {
    error: "up to 64 letters, digits, spaces, dots, dashes and underscores, a letter or digit first and last",
  }),
  prompt: z.string().trim().min(1).max(MAX_PROMPT_CHARACTERS).refine(fitsTwice, { error: "<= 1.5 MiB as JSON" }),
  trigger: triggerSchema,
  /** Absolute path of the folder that its sessions work in. */
  workspace: text.optional(),
  /** Whether every run has a session of its own or all go on in one. */
  session: z.enum(["new", "resume"]).default("new"),
  endpoint: text.optional(),
  model: text.optional(),
  /** Tools, note, budget, approvals (`wait` or `deny`): what every turn of it sets. */
  overrides: turnOverridesSchema.omit({ yes: true }).default({}),
  /**
   * What becomes of a slot while a run is open. `skip`: nothing runs for it. `buffer-one`: the first such slot waits until
   * the run has ended, further ones are skipped. `cancel-other`: the open run is cancelled for it.
   */
  overlap: z.enum(["skip", "buffer-one", "cancel-other"]).default("skip"),
  /** Which slots of a stretch that the machine slept through run afterwards, as far as they are in the window. */
  catchUp: z.enum(["latest", "all", "skip"]).default("latest"),
  /** How old a slot may be to run afterwards. Absent: 24 hours, and seven days where `catchUp` is `all`. */
  window: periodSchema.optional(),
  /** After so many failures in a row it is paused; 0 is never. */
  pauseAfterFailures: z.int().min(0).max(1_000).default(5),
  /** What the person is told of when it happens. */
  notify: z.array(z.enum(["finish", "failure", "approval"])).default(["failure", "approval"]),
});
export type Routine = z.infer<typeof routineSchema>;

/**
 * State of a slot. `due`: claimed, not started. `waiting`: on a person. `late`: it ran, but began over a minute after its
 * time. `missed`: nothing ran for it, since nothing could. `skipped`: nothing ran for it, since a run was open.
 */
export const runStateSchema = z.enum([
  "due",
  "running",
  "waiting",
  "ran",
  "late",
  "missed",
  "skipped",
  "failed",
  "interrupted",
]);
export type RunState = z.infer<typeof runStateSchema>;

/**
 * Why nothing ran for a slot: the machine was asleep or the helper off, the routine was paused, the clock jumped ahead,
 * the helper was held up although it ran, a run was open, or more slots were to be made up for than one catch-up takes.
 */
const slotReasonSchema = z.enum(["asleep", "off", "paused", "clock", "held-up", "overlap", "too-many"]);
export type SlotReason = z.infer<typeof slotReasonSchema>;

/** One line of the ledger: a slot, or a stretch of slots that nothing ran for. Times are ISO 8601. */
export const runRowSchema = z.object({
  routine: z.string(),
  /** The slot; of a stretch the first. */
  scheduledFor: z.string(),
  state: runStateSchema,
  /** Present where it is missed or skipped. */
  reason: slotReasonSchema.optional(),
  /** Of a stretch: its last slot, and how many slots it holds. */
  to: z.string().optional(),
  count: z.int().positive().optional(),
  /** Absent: its trigger. Otherwise a person asked for it, by `routines run` or `routines backfill`. */
  askedAs: z.enum(["run", "backfill"]).optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  durationMs: z.number().optional(),
  /** Where its trace is. */
  session: z.string().optional(),
  turn: z.string().optional(),
  tokens: z.number().optional(),
  costUsd: z.number().optional(),
  /** Words about how it ended. */
  detail: z.string().optional(),
});
export type RunRow = z.infer<typeof runRowSchema>;
