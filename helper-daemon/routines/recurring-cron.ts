import { EXAMPLES, notUnderstood } from "./schedule-mistakes.ts";
import type { Piece, PieceOf, ReadPieces } from "./schedule-pieces.ts";

/**
 * The cron for words that say days and times: `weekdays at 9:00` is `0 9 * * 1-5`. Throws a LoopdError `invalid-params`
 * where a part is missing, where once and every week are both possible, and where one cron cannot say it.
 */
export function recurringCron(said: string, read: ReadPieces): string {
  const days = daysOf(said, read);
  const times = ofType(read, "time");
  if (times.length === 0) throw notUnderstood(said, read, `At what time? For example: ${said} at 9:00`);
  const hours = ordered(times.map(({ hour }) => hour));
  const minutes = ordered(times.map(({ minute }) => minute));
  const distinct = new Set(times.map(({ hour, minute }) => hour * 60 + minute));
  if (distinct.size !== hours.length * minutes.length) {
    throw notUnderstood(
      said,
      read,
      "One schedule has times of the same minute (9:00 and 17:00); make a routine for each of these.",
    );
  }
  return `${minutes.join(",")} ${hours.join(",")} ${days}`;
}

/** The last three fields. */
function daysOf(said: string, read: ReadPieces): string {
  const monthDays = ofType(read, "month-day");
  const nth = ofType(read, "nth-weekday");
  const weekdays = ofType(read, "weekdays");
  const kinds = [monthDays, nth, weekdays, ofType(read, "every-day")].filter((pieces) => pieces.length > 0);
  if (kinds.length > 1) throw notUnderstood(said, read, "These days do not go together; make a routine for each.");
  if (monthDays.length > 0) return `${[...new Set(monthDays.map(({ day }) => day))].join(",")} * *`;
  if (nth.length > 0) return `* * ${[...new Set(nth.map((one) => `${one.weekday}#${one.nth}`))].join(",")}`;
  if (kinds.length > 0 && weekdays.length === 0) return "* * *";
  const days = ordered(weekdays.flatMap((piece) => piece.days));
  const wordsOf = (...types: Piece["type"][]) =>
    read.pieces.flatMap(({ piece, words }) => (types.includes(piece.type) ? [words] : []));
  const timesIn = (times: readonly string[]) =>
    [`${/^\d+$/.test(times[0] ?? "") ? "at " : ""}${times.join(" and ")}`, ...wordsOf("zone")].join(" ");
  const [all, first] = [timesIn(wordsOf("time")), timesIn(wordsOf("time").slice(0, 1))];
  if (kinds.length === 0) {
    if (wordsOf("time").length === 0) throw notUnderstood(said, read, EXAMPLES);
    throw notUnderstood(
      said,
      read,
      `On which days? Once: "today ${first}" or "tomorrow ${first}". Every day: "daily ${all}".`,
    );
  }
  if (days.length === 0) throw notUnderstood(said, read, 'On which day of the week? For example: "mondays at 9:00".');
  const [day = ""] = wordsOf("weekdays");
  if (days.length === 1 && !weekdays.some((piece) => piece.repeats)) {
    throw notUnderstood(
      said,
      read,
      `Once or every week? Once: "next ${day} ${first}". Every week: "every ${day} ${all}".`,
    );
  }
  return `* * ${days.join(",") === "1,2,3,4,5" ? "1-5" : days.length === 7 ? "*" : days.join(",")}`;
}

function ofType<T extends Piece["type"]>(read: ReadPieces, type: T): PieceOf<T>[] {
  const isOfType = (piece: Piece): piece is PieceOf<T> => piece.type === type;
  return read.pieces.map(({ piece }) => piece).filter(isOfType);
}

function ordered(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
