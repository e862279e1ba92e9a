import type { Millis } from "../../src/protocol/values.ts";

const DAY_MS = 86_400_000;
/** Shifts are looked for, and kept, by stretches of this length. */
const BLOCK_DAYS = 32;
/** Formats are heavy; people use one zone or a few. */
const MAX_FORMATS = 16;
const MAX_BLOCKS = 2_000;

/** A moment at which a zone's offset from UTC changes: the clocks show `before` until then, and `after` from then on. */
export type ZoneShift = { at: Millis; before: Millis; after: Millis };

const formats = new Map<string, Intl.DateTimeFormat>();
const blocks = new Map<string, readonly ZoneShift[]>();

/**
 * What the clocks of a zone show at an instant, as milliseconds of the UTC time that reads the same. Throws a RangeError
 * if Intl does not know the zone.
 */
export function wallAt(zone: string, instant: Millis): Millis {
  return instant + offsetAt(zone, instant);
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. Throws a RangeError for an unknown zone. */
export function offsetAt(zone: string, instant: Millis): Millis {
  const second = Math.floor(instant / 1_000) * 1_000;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, seconds = 0] = (
    formatOf(zone).format(second).match(/\d+/g) ?? []
  ).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
}

/** All shifts of a zone in (from, to], in order. What was found is kept: a year of a zone costs a millisecond once. */
export function shiftsIn(zone: string, from: Millis, to: Millis): ZoneShift[] {
  const blockMs = BLOCK_DAYS * DAY_MS;
  const found: ZoneShift[] = [];
  for (let block = Math.floor(from / blockMs); block * blockMs < to; block += 1) {
    for (const shift of shiftsOfBlock(zone, block)) if (shift.at > from && shift.at <= to) found.push(shift);
  }
  return found;
}

function shiftsOfBlock(zone: string, block: number): readonly ZoneShift[] {
  const key = `${zone} ${block}`;
  const known = blocks.get(key);
  if (known !== undefined) return known;
  const shifts: ZoneShift[] = [];
  const start = block * BLOCK_DAYS * DAY_MS;
  let before = offsetAt(zone, start);
  for (let day = 1; day <= BLOCK_DAYS; day += 1) {
    const after = offsetAt(zone, start + day * DAY_MS);
    if (after !== before) shifts.push({ at: shiftWithin(zone, start + day * DAY_MS, before), before, after });
    before = after;
  }
  if (blocks.size >= MAX_BLOCKS) blocks.clear();
  blocks.set(key, shifts);
  return shifts;
}

/** The first instant, to the second, in the day before `end` whose offset is not `before` any more. */
function shiftWithin(zone: string, end: Millis, before: Millis): Millis {
  let low = end - DAY_MS;
  let high = end;
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000;
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const part = "numeric";
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: zone, hourCycle: "h23", calendar: "gregory", numberingSystem: "latn" },
    ...{ year: part, month: part, day: part, hour: part, minute: part, second: part },
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, format);
  return format;
}
