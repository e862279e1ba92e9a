import { Cron } from "croner";
import { parseCron, type CronFields } from "../../src/protocol/cron-fields.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { Millis } from "../../src/protocol/values.ts";
import type { Slots } from "./slots.ts";
import { countWall } from "./wall-slots.ts";
import { shiftsIn, wallAt, type ZoneShift } from "./zone-offsets.ts";

const DAY_MS = 86_400_000;
/** A croner holds 80 KB and takes 20 µs to make: a few are kept. */
const MAX_CRONERS = 8;
const MAX_PATTERNS = 256;
const MAX_ANSWERS = 8;

/** Between `low` and `high`, both included, the answer is the same slot, or the same that there is none. */
type Answer = { low: Millis; high: Millis; slot: Millis | undefined };

/** An expression in a zone, with the last answers: routines with one schedule, and ticks one after the other, ask the same. */
type Pattern = { key: string; fields: CronFields; zone: string; after: Answer[]; upTo: Answer[] };

const patterns = new Map<string, Pattern>();
const croners = new Map<string, Cron>();

/**
 * Slots of a cron expression in a zone. croner finds them one at a time; how many a stretch holds is computed from the
 * fields instead, a day at a time. Where the clocks jump ahead, croner loses a fixed time whose gap ends at midnight (Nuuk
 * leaves out 23:00 to 24:00): it is put back at the end of the gap, as for every other gap. A day that a zone leaves out
 * altogether (Apia, 2011-12-30) has no slots. Throws a LoopdError `invalid-params` for a zone or expression that is not known.
 */
export function cronSlots(expression: string, zone: string): Slots {
  const pattern = patternOf(expression, zone);
  return {
    after(instant) {
      const known = pattern.after.find(({ low, high }) => low <= instant && instant <= high);
      if (known !== undefined) return known.slot;
      const found = cronerOf(pattern).nextRun(new Date(instant))?.getTime();
      // croner takes long to see that a 30 February never comes.
      if (found === undefined) return keep(pattern.after, { low: instant, high: Infinity, slot: undefined });
      const slot = gapEnds(pattern, instant, found)[0] ?? found;
      return keep(pattern.after, { low: instant, high: slot - 1, slot });
    },
    upTo(instant) {
      const known = pattern.upTo.find(({ low, high }) => low <= instant && instant <= high);
      if (known !== undefined) return known.slot;
      const found = cronerOf(pattern)
        .previousRuns(1, new Date(instant + 1))[0]
        ?.getTime();
      if (found === undefined) return keep(pattern.upTo, { low: -Infinity, high: instant, slot: undefined });
      const slot = gapEnds(pattern, found, instant).at(-1) ?? found;
      return keep(pattern.upTo, { low: slot, high: instant, slot });
    },
    countIn: (from, to) => countIn(pattern, from, to),
  };
}

function keep(answers: Answer[], answer: Answer): Millis | undefined {
  if (answers.length >= MAX_ANSWERS) answers.shift();
  answers.push(answer);
  return answer.slot;
}

function patternOf(expression: string, zone: string): Pattern {
  const key = `${zone} ${expression}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const parsed = parseCron(expression);
  if ("mistake" in parsed) {
    throw new LoopdError("invalid-params", `The cron ${expression} is not valid: ${parsed.mistake}.`);
  }
  try {
    wallAt(zone, 0);
  } catch (cause) {
    const text = `This system does not know the time zone ${JSON.stringify(zone)}; give the routine another one.`;
    throw new LoopdError("invalid-params", text, { cause });
  }
  const pattern: Pattern = { key, fields: parsed.fields, zone, after: [], upTo: [] };
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  patterns.set(key, pattern);
  return pattern;
}

/** Our reading of the fields in croner's words, so that its own reading of names, ranges and stars has no say. */
function cronerOf({ key, fields, zone }: Pattern): Cron {
  const known = croners.get(key);
  if (known !== undefined) return known;
  const days = [...fields.days, ...(fields.hasLastDay ? ["L"] : [])];
  const nth = fields.nthWeekdays.map((one) => `${one.weekday}#${one.nth === "last" ? "L" : one.nth}`);
  const lists = [[...fields.minutes], [...fields.hours], days, [...fields.months], [...fields.weekdays, ...nth]];
  const cron = new Cron(lists.map((list) => list.join(",")).join(" "), {
    timezone: zone,
    mode: "5-part",
    domAndDow: fields.dayRule === "both",
    fixedTimeRule: fields.pace === "fixed" ? "no-wildcard" : "single-value",
  });
  if (croners.size >= MAX_CRONERS) croners.clear();
  croners.set(key, cron);
  return cron;
}

/** Ends of the gaps in (from, to] that leave out a fixed time. */
function gapEnds({ fields, zone }: Pattern, from: Millis, to: Millis): Millis[] {
  if (fields.pace === "interval") return [];
  return shiftsIn(zone, from, to)
    .filter((shift) => leftOut(fields, shift) > 0)
    .map((shift) => shift.at);
}

/** How many times the gap of a shift leaves out that are made up for at its end. */
function leftOut(fields: CronFields, { at, before, after }: ZoneShift): number {
  if (after - before >= DAY_MS) return 0;
  return countWall(fields, at + before - 1, at + after - 1);
}

function countIn({ fields, zone }: Pattern, from: Millis, to: Millis): number {
  if (to <= from) return 0;
  const isFixed = fields.pace === "fixed";
  let count = 0;
  let start = wallAt(zone, from);
  for (const shift of shiftsIn(zone, from - DAY_MS, to)) {
    const { at, before, after } = shift;
    if (at > from) {
      count += countWall(fields, start, at + before - 1);
      start = at + after - 1;
      const fallsTogether = countWall(fields, at + after - 1, at + after) > 0;
      if (isFixed && leftOut(fields, shift) > 0 && !fallsTogether) count += 1;
    }
    if (isFixed) start = Math.max(start, at + before - 1);
  }
  return count + countWall(fields, start, wallAt(zone, to));
}
