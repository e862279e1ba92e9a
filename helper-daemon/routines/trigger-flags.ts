import { LoopdError } from "../../src/protocol/errors.ts";
import type { Trigger } from "../../src/protocol/routine.ts";
import { readPieces } from "./schedule-pieces.ts";
import { type Circumstances, readSchedule } from "./schedule-text.ts";

/** A schedule by kind, as flags of the command line give it, or in whatever words (`when`). */
export type ScheduleFlags = { when?: string; cron?: string; every?: string; at?: string; on?: string };

type Flag = keyof ScheduleFlags;

const KINDS: Readonly<Record<Exclude<Flag, "when">, { types: readonly Trigger["type"][]; example: string }>> = {
  cron: { types: ["cron"], example: '"0 9 * * mon-fri"' },
  every: { types: ["every"], example: "2h" },
  at: { types: ["at"], example: '"tomorrow 15:00"' },
  on: { types: ["wake", "login", "file"], example: "login" },
};

/**
 * The trigger that exactly one of the flags gives: `every` without the word (`2h`), `at` also a bare time, which is the
 * next one. Throws a LoopdError `invalid-params` for none or several, and as `readSchedule` does.
 */
export function readTrigger(flags: ScheduleFlags, circumstances: Circumstances): Trigger {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined) as [Flag, string][];
  const [only, ...more] = given;
  if (only === undefined || more.length > 0) {
    const said = given.map(([flag]) => flag).join(" and ") || "none";
    throw new LoopdError(
      "invalid-params",
      `A routine has one schedule: cron, every, at, on, or words; given: ${said}.`,
    );
  }
  const [flag, text] = only;
  if (flag === "when") return readSchedule(text, circumstances);
  const trigger =
    flag === "at" ? readAt(text, circumstances) : readSchedule(flag === "every" ? periodOf(text) : text, circumstances);
  if (KINDS[flag].types.includes(trigger.type)) return trigger;
  const wrong = `${JSON.stringify(text)} is no schedule of the kind "${flag}"; for example: ${KINDS[flag].example}.`;
  throw new LoopdError("invalid-params", wrong);
}

function periodOf(text: string): string {
  return /^\s*every\b/i.test(text) ? text : `every ${text}`;
}

function readAt(text: string, circumstances: Circumstances): Trigger {
  const read = readPieces(text);
  const [first, ...more] = read.pieces.filter(({ piece }) => piece.type !== "zone");
  const isTimeOnly = first?.piece.type === "time" && more.length === 0 && read.unknown.length === 0;
  if (!isTimeOnly) return readSchedule(text, circumstances);
  try {
    return readSchedule(`today ${text}`, circumstances);
  } catch {
    return readSchedule(`tomorrow ${text}`, circumstances);
  }
}
