/**
 * A five-field cron expression as sets of numbers: what occurrences are counted with and what launchd's and systemd's
 * calendars are compiled from. Wall time; the zone stands beside the expression.
 */
export type CronFields = {
  /** 0 to 59. */
  minutes: ReadonlySet<number>;
  /** 0 to 23. */
  hours: ReadonlySet<number>;
  /** Days of the month, 1 to 31. Empty where the field says nothing but `L`. */
  days: ReadonlySet<number>;
  /** `L` among the days: the last day of the month, whatever its number. */
  hasLastDay: boolean;
  /** 1 to 12. */
  months: ReadonlySet<number>;
  /** 0 (Sunday) to 6. Empty where the field says nothing but `MON#1` and the like. */
  weekdays: ReadonlySet<number>;
  /** `MON#1` (the first Monday of the month) to `MON#5`, and `FRI#L` (the last Friday). */
  nthWeekdays: readonly NthWeekday[];
  /** As in crontab(5): a day has to fit either field, but both where one of the two is written with a leading `*`. */
  dayRule: "both" | "either";
  /**
   * What becomes of wall times that a change of the clocks leaves out or repeats. `fixed`: one that is left out fires when
   * the clocks have jumped, one that is repeated fires the first time only. `interval` (minute or hour is written with `*`
   * or a step, and means more than one): it goes on as time passes, so nothing is made up and both passes fire.
   */
  pace: "fixed" | "interval";
};

export type NthWeekday = { weekday: number; nth: 1 | 2 | 3 | 4 | 5 | "last" };

/** An expression that was understood, with names of its own such as `@daily` written out; or words that say why not. */
export type ParsedCron = { expression: string; fields: CronFields } | { mistake: string };

type Field = { name: string; low: number; high: number; names: readonly string[]; special: RegExp | undefined };

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const MINUTE: Field = { name: "minute", low: 0, high: 59, names: [], special: undefined };
const HOUR: Field = { name: "hour", low: 0, high: 23, names: [], special: undefined };
const DAY: Field = { name: "day of month", low: 1, high: 31, names: [], special: /^L$/i };
const MONTH: Field = { name: "month", low: 1, high: 12, names: MONTHS, special: undefined };
const WEEKDAY: Field = {
  name: "weekday",
  low: 0,
  high: 7,
  names: WEEKDAYS,
  special: /^(sun|mon|tue|wed|thu|fri|sat|[0-7])#([1-5]|L)$/i,
};

const MACROS: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/** Longer ones are not read. */
const MAX_CHARACTERS = 500;

/** Reads `minute hour day month weekday`, with names, 7 for Sunday, `L`, `MON#1`, `FRI#L`, and `@daily` and its like. */
export function parseCron(text: string): ParsedCron {
  const written = text.trim().split(/\s+/).join(" ");
  if (written.length > MAX_CHARACTERS) return { mistake: `it is longer than ${MAX_CHARACTERS} characters` };
  const writtenOut = MACROS.get(written.toLowerCase());
  if (written.startsWith("@") && writtenOut === undefined) {
    const instead = /^@reboot$/i.test(written) ? "; write login for a routine that runs when the person logs in" : "";
    return { mistake: `${written} is none of ${[...MACROS.keys()].join(", ")}${instead}` };
  }
  const expression = writtenOut ?? written;
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...rest] = expression.split(" ");
  if (weekday === "" || rest.length > 0) return { mistake: wrongNumber(expression.split(" ")) };
  const read = {
    minute: readField(minute, MINUTE),
    hour: readField(hour, HOUR),
    day: readField(day, DAY),
    month: readField(month, MONTH),
    weekday: readField(weekday, WEEKDAY),
  };
  const mistake = Object.values(read).find((field) => field.mistake !== undefined)?.mistake;
  if (mistake !== undefined) return { mistake };
  const repeats = (field: string, { numbers }: ReadField) => /[*/]/.test(field) && numbers.size > 1;
  const isStarred = day.startsWith("*") || weekday.startsWith("*");
  return {
    expression,
    fields: {
      minutes: read.minute.numbers,
      hours: read.hour.numbers,
      days: read.day.numbers,
      hasLastDay: read.day.specials.length > 0,
      months: read.month.numbers,
      weekdays: new Set([...read.weekday.numbers].map((number) => number % 7)),
      nthWeekdays: read.weekday.specials.map(nthWeekday),
      dayRule: isStarred ? "both" : "either",
      pace: repeats(minute, read.minute) || repeats(hour, read.hour) ? "interval" : "fixed",
    },
  };
}

type ReadField = { numbers: ReadonlySet<number>; specials: readonly string[]; mistake?: string };

function wrongNumber(fields: readonly string[]): string {
  if (fields.length === 6 || fields.length === 7) {
    return (
      `it has ${fields.length} fields; a routine's cron has five and knows no seconds and no years: ` +
      `${fields.slice(1, 6).join(" ")} if the first field was seconds`
    );
  }
  const count = fields.join("") === "" ? 0 : fields.length;
  return `it has ${count} field${count === 1 ? "" : "s"} instead of five: minute hour day month weekday`;
}

function readField(text: string, field: Field): ReadField {
  const numbers = new Set<number>();
  const specials: string[] = [];
  for (const part of text.split(",")) {
    if (field.special?.test(part)) specials.push(part);
    else {
      const read = readPart(part, field);
      if (typeof read === "string")
        return { numbers, specials, mistake: `the ${field.name} ${JSON.stringify(text)}: ${read}` };
      for (const number of read) numbers.add(number);
    }
  }
  return { numbers, specials };
}

/** The numbers of `*`, `3`, `mon`, `1-5`, `*\/2` or `8-18/2`, or what is wrong with it. */
function readPart(part: string, field: Field): number[] | string {
  const [range = "", step, ...more] = part.split("/");
  if (range === "" || more.length > 0) return part === "" ? "a value is missing" : `${part} is no value`;
  if (range === "?") return "? is not known here; write *";
  if (step !== undefined && !/^[1-9]\d{0,2}$/.test(step)) return `the step /${step} is no whole number from 1 to 999`;
  const by = step === undefined ? 1 : Number(step);
  const highest = field === WEEKDAY ? 6 : field.high;
  if (range === "*") return span(field.low, highest, by);
  const [first = "", last, ...others] = range.split("-");
  if (others.length > 0) return `${range} is no range`;
  const low = readNumber(first, field);
  if (typeof low === "string") return low;
  if (last === undefined) {
    return step === undefined ? [low] : `a step follows * or a range: ${low}-${highest}/${step}`;
  }
  const high = readNumber(last, field);
  if (typeof high === "string") return high;
  if (low <= high) return span(low, high, by);
  if (field === WEEKDAY) return span(low, high + 7, by).map((number) => number % 7);
  return `${range} runs backwards; write ${low}-${highest},${field.low}-${high}`;
}

function span(low: number, high: number, by: number): number[] {
  return Array.from({ length: Math.floor((high - low) / by) + 1 }, (_, i) => low + i * by);
}

function readNumber(text: string, field: Field): number | string {
  const name = field.names.indexOf(text.toLowerCase());
  if (name >= 0 && text !== "") return name;
  if (!/^\d{1,4}$/.test(text)) {
    if (/^(L|LW|\d+[LW]|W)$/i.test(text))
      return `${text} is not known here; L stands for the last day, FRI#L for the last Friday`;
    return `${JSON.stringify(text)} is no ${field.name}`;
  }
  const number = Number(text);
  if (number >= field.low && number <= field.high) return number;
  return `${number} is not from ${field.low} to ${field.high}`;
}

function nthWeekday(text: string): NthWeekday {
  const [day = "", nth = ""] = text.toLowerCase().split("#");
  const name = WEEKDAYS.indexOf(day);
  const counted = ([1, 2, 3, 4, 5] as const).find((number) => String(number) === nth);
  return { weekday: (name >= 0 ? name : Number(day)) % 7, nth: counted ?? "last" };
}
