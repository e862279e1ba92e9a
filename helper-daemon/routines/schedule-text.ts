import { LoopdError } from "../../src/protocol/errors.ts";
import { parseCron } from "../../src/protocol/cron-fields.ts";
import { SHORTEST_PERIOD_MS, type Trigger, triggerSchema } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { isoMoment } from "./iso-moment.ts";
import { onceFrom } from "./once.ts";
import { recurringCron } from "./recurring-cron.ts";
import { type ReadPieces, readPieces } from "./schedule-pieces.ts";
import { adviceFor } from "./schedule-advice.ts";
import { EXAMPLES, notUnderstood } from "./schedule-mistakes.ts";
import { plainWords } from "./schedule-words.ts";
import { zoneNamed } from "./zone-names.ts";

/** When a schedule is read, and the zone that holds where it names none. */
export type Circumstances = { now: Millis; zone: string };

/** Longer ones are not read. */
const MAX_CHARACTERS = 500;

/**
 * The trigger that someone means: five-field cron (with names, `@daily`, a zone after it or `CRON_TZ=` before it), `every 2h`,
 * `weekdays at 9:00`, `mondays and thursdays 18:30`, `first monday 08:30`, `last day of month 23:00`, `tomorrow 15:00`,
 * `in 20 minutes`, ISO 8601, `wake`, `login`, `file GLOB`. Throws a LoopdError `invalid-params` that says what was
 * understood, what was not, and how to write it instead; likewise for a moment that is past.
 */
export function readSchedule(text: string, circumstances: Circumstances): Trigger {
  const said = text.trim();
  const zone = zoneNamed(circumstances.zone);
  if (said === "") throw new LoopdError("invalid-params", `The schedule is empty. ${EXAMPLES}`);
  if (said.length > MAX_CHARACTERS) {
    throw new LoopdError("invalid-params", `The schedule is longer than ${MAX_CHARACTERS} characters. ${EXAMPLES}`);
  }
  return (
    happening(said) ??
    cron(said, zone) ??
    isoMoment(said, { ...circumstances, zone }) ??
    inWords(said, { ...circumstances, zone })
  );
}

/** `wake`, `on login`, `file ~/Downloads/*.pdf`. */
function happening(said: string): Trigger | undefined {
  const word = /^(?:(?:on|at)\s+)?(wake|login)$/i.exec(said)?.[1]?.toLowerCase();
  if (word === "wake" || word === "login") return { type: word };
  const file = /^(?:on\s+)?file(?::|\s+|$)(.*)$/is.exec(said)?.[1]?.trim();
  if (file === undefined) return undefined;
  if (file !== "") return checked({ type: "file", glob: file }, said);
  throw notUnderstood(said, { pieces: [], unknown: [] }, "Which files? For example: file ~/Downloads/*.pdf");
}

function cron(said: string, zone: string): Trigger | undefined {
  const [, prefix, rest = said] = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/i.exec(said) ?? [];
  const words = rest.split(/\s+/);
  const [first = "", second = ""] = words;
  const looksSo = first.startsWith("@") || [first, second].every((word) => /^[\d*?/,-]+$/.test(word));
  if (!looksSo && prefix === undefined) return undefined;
  const last = words.at(-1) ?? "";
  const suffix = /^([a-z_]+\/[a-z0-9_+/-]+|utc|gmt)$/i.test(last) ? last : undefined;
  const expression = suffix === undefined ? rest : words.slice(0, -1).join(" ");
  const parsed = parseCron(expression);
  if ("mistake" in parsed) {
    const text = `The cron ${JSON.stringify(expression)} is not valid: ${parsed.mistake}. For example: 30 9 * * mon-fri is weekdays at 09:30.`;
    throw new LoopdError("invalid-params", text);
  }
  return { type: "cron", expression: parsed.expression, zone: zoneNamed(suffix ?? prefix ?? zone) };
}

function inWords(said: string, { now, zone }: Circumstances): Trigger {
  const read = readPieces(plainWords(said));
  if (read.pieces.length === 0 || read.unknown.length > 0) {
    throw notUnderstood(said, read, [adviceFor(said), EXAMPLES].join(" ").trim());
  }
  const named = read.pieces.flatMap(({ piece }) => (piece.type === "zone" ? [piece.name] : []));
  const where = { now, zone: zoneNamed(named[0] ?? zone) };
  if (named.length > 1) throw notUnderstood(said, read, "A schedule has one zone.");
  const trigger = period(said, read, where) ?? onceFrom(said, read, where);
  if (trigger !== undefined) return trigger;
  return { type: "cron", expression: recurringCron(said, read), zone: where.zone };
}

/** `every 2h`: counted from the minute in which it is said. */
function period(said: string, read: ReadPieces, { now }: Circumstances): Trigger | undefined {
  const every = read.pieces.find(({ piece }) => piece.type === "every")?.piece;
  if (every?.type !== "every") return undefined;
  if (read.pieces.length > 1) {
    const hint =
      "A period counts from now on and goes with nothing else. With days or hours, a cron says it: 0 */2 * * mon-fri is every second hour on weekdays.";
    throw notUnderstood(said, read, hint);
  }
  if (every.ms < SHORTEST_PERIOD_MS) {
    throw notUnderstood(said, read, 'A routine runs at most once a minute: "every minute", "every 15 minutes".');
  }
  if (every.ms % 60_000 !== 0) {
    throw notUnderstood(said, read, 'Schedules know whole minutes: "every 90 minutes", "every 2h".');
  }
  return checked({ type: "every", ms: every.ms, anchor: Math.floor(now / 60_000) * 60_000 }, said);
}

function checked(trigger: Trigger, said: string): Trigger {
  const { data, error } = triggerSchema.safeParse(trigger);
  if (data !== undefined) return data;
  const why = error.issues.map((issue) => issue.message).join("; ");
  throw new LoopdError("invalid-params", `The schedule ${JSON.stringify(said)} cannot be: ${why}. ${EXAMPLES}`);
}
