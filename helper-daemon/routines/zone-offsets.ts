import type { Millis } from "../../src/protocol/values.ts";

const DAY_MS = 86_400_000;
/** What a zone does is looked up, and kept, by stretches of this length. */
const BLOCK_MS = 32 * DAY_MS;
/** Formats are heavy; people use one zone or a few. */
const MAX_FORMATS = 16;
const MAX_BLOCKS = 2_000;

/** A moment at which a zone's offset from UTC changes: the clocks show `before` until then, and `after` from then on. */
export type ZoneShift = { at: Millis; before: Millis; after: Millis };

const formats = new Map<string, Intl.DateTimeFormat>();
const blocks = new Map<string, Block>();

/** A stretch of `BLOCK_MS`: the offset at its beginning, and the shifts in it. */
type Block = { offset: Millis; shifts: readonly ZoneShift[] };

/**
 * What the clocks of a zone show at an instant, as milliseconds of the UTC time that reads the same. Throws a RangeError
 * if Intl does not know the zone.
 */
export function wallAt(zone: string, instant: Millis): Millis {
  return instant + offsetAt(zone, instant);
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. Throws a RangeError for an unknown zone. */
export function offsetAt(zone: string, instant: Millis): Millis {
  const { offset, shifts } = blockOf(zone, Math.floor(instant / BLOCK_MS));
  return shifts.findLast((shift) => shift.at <= instant)?.after ?? offset;
}

/** All shifts of a zone in (from, to], in order. */
export function shiftsIn(zone: string, from: Millis, to: Millis): ZoneShift[] {
  const found: ZoneShift[] = [];
  for (let block = Math.floor(from / BLOCK_MS); block * BLOCK_MS <= to; block += 1) {
    for (const shift of blockOf(zone, block).shifts) if (shift.at > from && shift.at <= to) found.push(shift);
  }
  return found;
}

function blockOf(zone: string, number: number): Block {
  const key = `${zone} ${number}`;
  const known = blocks.get(key);
  if (known !== undefined) return known;
  const start = number * BLOCK_MS;
  const offset = shownOffset(zone, start);
  const shifts: ZoneShift[] = [];
  let before = offset;
  // A shift at the very end is found here, and not again in the next block, which begins with the offset after it.
  for (let end = start + DAY_MS; end <= start + BLOCK_MS; end += DAY_MS) {
    const after = shownOffset(zone, end);
    if (after !== before) shifts.push({ at: shiftWithin(zone, end, before), before, after });
    before = after;
  }
  if (blocks.size >= MAX_BLOCKS) blocks.clear();
  blocks.set(key, { offset, shifts });
  return { offset, shifts };
}

/** The offset as Intl has it: a format costs 3 µs. */
function shownOffset(zone: string, instant: Millis): Millis {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
    formatOf(zone).format(instant).match(/\d+/g) ?? []
  ).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
}

/** The first instant, to the second, in the day before `end` whose offset is not `before` any more. */
function shiftWithin(zone: string, end: Millis, before: Millis): Millis {
  let low = end - DAY_MS;
  let high = end;
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000;
    if (shownOffset(zone, middle) === before) low = middle;
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

/**
 * The instant at which a zone's clocks show a wall time: the first one where they show it twice, the end of the gap where
 * they never do. Undefined where the zone leaves out that whole day.
 */
export function instantOf(zone: string, wall: Millis): Millis | undefined {
  const shifts = shiftsIn(zone, wall - 2 * DAY_MS, wall + 2 * DAY_MS);
  const offsets = [offsetAt(zone, wall - 2 * DAY_MS), ...shifts.map((shift) => shift.after)];
  const shown = offsets.map((offset) => wall - offset).filter((instant) => wallAt(zone, instant) === wall);
  if (shown.length > 0) return Math.min(...shown);
  const gap = shifts.find(({ at, before, after }) => at + before <= wall && wall < at + after);
  return gap === undefined || gap.after - gap.before >= DAY_MS ? undefined : gap.at;
}
