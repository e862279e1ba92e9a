import type { Millis } from "../../src/protocol/values.ts";

/** One thing that words of a schedule say. */
export type Piece =
  | { type: "time"; hour: number; minute: number }
  /** `repeats`: said so that it can only mean every week (`mondays`, `every monday`, `mon-fri`). */
  | { type: "weekdays"; days: readonly number[]; repeats: boolean }
  | { type: "nth-weekday"; nth: Ordinal; weekday: number }
  | { type: "month-day"; day: number | "L" }
  | { type: "every-day" }
  /** Days from today on. `isNight`: the end of it. */
  | { type: "coming-day"; ahead: number; isNight: boolean }
  | { type: "next-weekday"; weekday: number }
  | { type: "every"; ms: Millis }
  | { type: "in"; ms: Millis }
  | { type: "zone"; name: string };
type Ordinal = 1 | 2 | 3 | 4 | 5 | "L";
export type PieceOf<T extends Piece["type"]> = Extract<Piece, { type: T }>;

/** What a recogniser makes of the words from one place on: how many of them it took, and what they say. */
type Found = { used: number; pieces: Piece[] };
type Recogniser = (words: readonly string[], at: number) => Found | undefined;

/** What was understood of a schedule, in order, and the words that were not. */
export type ReadPieces = { pieces: { piece: Piece; words: string }[]; unknown: string[] };

const FILLERS = new Set(["at", "on", "in", "the", "and", "&", "of", "month", "months", "once", "a"]);
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const SHORT_DAYS = [["sun"], ["mon"], ["tue", "tues"], ["wed"], ["thu", "thur", "thurs"], ["fri"], ["sat"]];
const ORDINALS: ReadonlyMap<string, Ordinal> = new Map<string, Ordinal>([
  ...(["first", "second", "third", "fourth", "fifth"].map((word, i) => [word, i + 1]) as [string, Ordinal][]),
  ...(["1st", "2nd", "3rd", "4th", "5th"].map((word, i) => [word, i + 1]) as [string, Ordinal][]),
  ["last", "L"],
]);
const COMING_DAYS = new Map(Object.entries({ today: 0, tonight: 0, tomorrow: 1 }));
const WORKING_DAYS = [1, 2, 3, 4, 5];
const DAY_GROUPS = new Map(Object.entries({ weekday: WORKING_DAYS, workday: WORKING_DAYS, weekend: [6, 0] }));
const NAMED_HOURS = new Map(Object.entries({ noon: 12, midday: 12, midnight: 0 }));
const UNIT_MS: readonly [RegExp, Millis][] = [
  [/^(m|min|mins|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
  [/^(w|weeks?)$/, 604_800_000],
];

/** Takes words of a schedule (`plainWords`) apart, from left to right. Commas separate, case matters for zones only. */
export function readPieces(text: string): ReadPieces {
  const words = text
    .replace(/\.\s*$/, "")
    .replaceAll(",", " ")
    .trim()
    .split(/\s+/);
  const lower = words.map((word) => word.toLowerCase());
  const read: ReadPieces = { pieces: [], unknown: [] };
  for (let at = 0; at < words.length;) {
    const found = RECOGNISERS.map((recognise) => recognise(lower, at)).find((one) => one !== undefined);
    const said = words.slice(at, at + (found?.used ?? 1)).join(" ");
    for (const piece of found?.pieces ?? []) {
      read.pieces.push({ piece: piece.type === "zone" ? { type: "zone", name: said } : piece, words: said });
    }
    if (found === undefined && !FILLERS.has(lower[at] ?? "")) read.unknown.push(said);
    at += found?.used ?? 1;
  }
  return read;
}

/** `every 2h`, `every 15 minutes`, `every hour`, `hourly`. */
const every: Recogniser = (words, at) => {
  if (words[at] === "hourly") return { used: 1, pieces: [{ type: "every", ms: 3_600_000 }] };
  if (!isEvery(words[at])) return undefined;
  const single = unitMs(words[at + 1] ?? "");
  const needsMore = /^(day|week)$/.test(words[at + 1] ?? "");
  if (single !== undefined && !needsMore) return { used: 2, pieces: [{ type: "every", ms: single }] };
  const length = readLength(words, at + 1);
  return length && { used: length.used + 1, pieces: [{ type: "every", ms: length.ms }] };
};

/** `in 20 minutes`, `in 1 hour and 30 minutes`. */
const inSome: Recogniser = (words, at) => {
  const length = words[at] === "in" ? readLength(words, at + 1) : undefined;
  return length && { used: length.used + 1, pieces: [{ type: "in", ms: length.ms }] };
};

const everyDay: Recogniser = (words, at) => {
  const pieces: Piece[] = [{ type: "every-day" }];
  if (words[at] === "daily") return { used: 1, pieces };
  return isEvery(words[at]) && words[at + 1] === "day" ? { used: 2, pieces } : undefined;
};

const comingDay: Recogniser = (words, at) => {
  if (words.slice(at, at + 3).join(" ") === "day after tomorrow") {
    return { used: 3, pieces: [{ type: "coming-day", ahead: 2, isNight: false }] };
  }
  const ahead = COMING_DAYS.get(words[at] ?? "");
  if (ahead !== undefined)
    return { used: 1, pieces: [{ type: "coming-day", ahead, isNight: words[at] === "tonight" }] };
  const weekday = words[at] === "next" ? weekdayOf(words[at + 1] ?? "") : undefined;
  return weekday === undefined ? undefined : { used: 2, pieces: [{ type: "next-weekday", weekday }] };
};

/** `mondays`, `every monday`, `mon-fri`, `monday to friday`, `weekdays`, `weekends`, `monday`. */
const weekdays: Recogniser = (words, at) => {
  const start = isEvery(words[at]) ? at + 1 : at;
  const word = words[start] ?? "";
  const used = start - at + 1;
  const group = DAY_GROUPS.get(word.replace(/s$/, ""));
  if (group !== undefined) return { used, pieces: [{ type: "weekdays", days: group, repeats: true }] };
  const [from = "", to, ...more] = word.split("-");
  const first = weekdayOf(from);
  if (first === undefined || more.length > 0) return undefined;
  const isSpelledOut = to === undefined && /^(to|through|till|until)$/.test(words[start + 1] ?? "");
  const last = weekdayOf(to ?? (isSpelledOut ? (words[start + 2] ?? "") : ""));
  if (last !== undefined) {
    const days = Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7);
    return { used: used + (isSpelledOut ? 2 : 0), pieces: [{ type: "weekdays", days, repeats: true }] };
  }
  if (to !== undefined) return undefined;
  const repeats = start > at || /days$/.test(word);
  return { used, pieces: [{ type: "weekdays", days: [first], repeats }] };
};

/** `first monday`, `first and third monday`, `last day`, `1st`, `day 15`. */
const ofMonth: Recogniser = (words, at) => {
  let next = isEvery(words[at]) ? at + 1 : at;
  const numbered = /^([1-9]|[12]\d|3[01])(st|nd|rd|th)?$/.exec(words[next] === "day" ? (words[next + 1] ?? "") : "");
  if (numbered !== null) return { used: next + 2 - at, pieces: [{ type: "month-day", day: Number(numbered[1]) }] };
  const ordinals: Ordinal[] = [];
  for (let ordinal = ORDINALS.get(words[next] ?? ""); ordinal !== undefined;) {
    ordinals.push(ordinal);
    const further = /^(and|&)$/.test(words[next + 1] ?? "") ? next + 2 : next + 1;
    ordinal = ORDINALS.get(words[further] ?? "");
    next = ordinal === undefined ? next + 1 : further;
  }
  const weekday = weekdayOf(words[next] ?? "");
  if (ordinals.length > 0 && weekday !== undefined) {
    return { used: next + 1 - at, pieces: ordinals.map((nth) => ({ type: "nth-weekday", nth, weekday })) };
  }
  const [ordinal] = ordinals;
  if (ordinals.length === 1 && ordinal !== undefined && words[next] === "day") {
    return { used: next + 1 - at, pieces: [{ type: "month-day", day: ordinal }] };
  }
  const day = /^([1-9]|[12]\d|3[01])(st|nd|rd|th)$/.exec(words[at] ?? "");
  return day === null ? undefined : { used: 1, pieces: [{ type: "month-day", day: Number(day[1]) }] };
};

/** `9:00`, `7am`, `7:30 pm`, `at 9`, `noon`, `midnight`. */
const time: Recogniser = (words, at) => {
  const word = words[at] ?? "";
  const said = NAMED_HOURS.get(word);
  if (said !== undefined) return { used: 1, pieces: [{ type: "time", hour: said, minute: 0 }] };
  const parts = /^(\d{1,2})(?::(\d{2}))?(am|pm)?$/.exec(word);
  if (parts === null) return undefined;
  const apart = parts[3] === undefined ? /^(am|pm)$/.exec(words[at + 1] ?? "")?.[1] : undefined;
  const half = parts[3] ?? apart;
  if (parts[2] === undefined && half === undefined && !/^(at|and|&)$/.test(words[at - 1] ?? "")) return undefined;
  const [hour, minute] = [Number(parts[1]), Number(parts[2] ?? 0)];
  if (minute > 59 || hour > 23 || (half !== undefined && (hour < 1 || hour > 12))) return undefined;
  const onClock = half === undefined ? hour : (hour % 12) + (half === "pm" ? 12 : 0);
  return { used: apart === undefined ? 1 : 2, pieces: [{ type: "time", hour: onClock, minute }] };
};

/** Its name is filled in as it was written. */
const zone: Recogniser = (words, at) =>
  /^(utc|gmt|[a-z_]+\/[a-z0-9_+/-]+)$/.test(words[at] ?? "")
    ? { used: 1, pieces: [{ type: "zone", name: "" }] }
    : undefined;

/** `every month`, which the days that follow say again; `weekly` and `every week`, which make one of a weekday. */
const everyMonthOrWeek: Recogniser = (words, at) => {
  const used = isEvery(words[at]) ? 2 : 1;
  const word = words[at + used - 1] ?? "";
  if (word === "weekly" || (used === 2 && word === "week")) {
    return { used, pieces: [{ type: "weekdays", days: [], repeats: true }] };
  }
  return word === "monthly" || (used === 2 && word === "month") ? { used, pieces: [] } : undefined;
};

const RECOGNISERS: readonly Recogniser[] = [
  ...[every, inSome, everyDay, everyMonthOrWeek],
  ...[comingDay, weekdays, ofMonth, time, zone],
];

function isEvery(word: string | undefined): boolean {
  return word === "every" || word === "each";
}

function weekdayOf(word: string): number | undefined {
  const index = DAYS.findIndex((day, i) => word === day || word === `${day}s` || (SHORT_DAYS[i] ?? []).includes(word));
  return index < 0 ? undefined : index;
}

function unitMs(word: string): Millis | undefined {
  return UNIT_MS.find(([unit]) => unit.test(word))?.[1];
}

/** A length of time from a place on: `2h`, `1h30m`, `1.5 hours`, `1 hour and 30 minutes`. */
function readLength(words: readonly string[], from: number): { used: number; ms: Millis } | undefined {
  let ms = 0;
  let used = 0;
  for (let at = from; at < words.length;) {
    const at0 = used > 0 && words[at] === "and" ? at + 1 : at;
    const one = readOneLength(words[at0] ?? "", words[at0 + 1] ?? "");
    if (one === undefined) break;
    ms += one.ms;
    at = at0 + one.used;
    used = at - from;
  }
  return used === 0 ? undefined : { used, ms };
}

function readOneLength(word: string, next: string): { used: number; ms: Millis } | undefined {
  const number = /^\d{1,6}(\.\d{1,2})?$/.test(word) ? unitMs(next) : undefined;
  if (number !== undefined) return { used: 2, ms: Math.round(Number(word) * number) };
  const parts = /^(?:\d{1,6}(?:\.\d{1,2})?[a-z]+)+$/.test(word) ? word.matchAll(/([\d.]+)([a-z]+)/g) : [];
  const lengths = [...parts].map((part) => Number(part[1]) * (unitMs(part[2] ?? "") ?? NaN));
  const ms = lengths.reduce((sum, one) => sum + one, 0);
  return lengths.length === 0 || Number.isNaN(ms) ? undefined : { used: 1, ms: Math.round(ms) };
}
