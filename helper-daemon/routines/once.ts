import type { Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { atMoment, atWall } from "./iso-moment.ts";
import { notUnderstood } from "./schedule-mistakes.ts";
import type { ReadPieces } from "./schedule-pieces.ts";
import { wallAt } from "./zone-offsets.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const EVENING = 17;

/**
 * The one moment that words mean: `in 20 minutes`, `tomorrow 15:00`, `next monday 9:00`. Undefined if they mean no single
 * one. Throws a LoopdError `invalid-params` if it is past, or if something is missing or too much.
 */
export function onceFrom(said: string, read: ReadPieces, where: { now: Millis; zone: string }): Trigger | undefined {
  const pieces = read.pieces.map(({ piece }) => piece).filter((piece) => piece.type !== "zone");
  const length = pieces.find((piece) => piece.type === "in");
  if (length !== undefined) {
    if (pieces.length > 1) throw notUnderstood(said, read, "A length of time stands alone: in 20 minutes.");
    if (length.ms < MINUTE_MS)
      throw notUnderstood(said, read, "That is less than a minute away: in 1 minute is the nearest.");
    return atMoment(said, Math.floor((where.now + length.ms) / 1_000) * 1_000, where);
  }
  const day = pieces.find((piece) => piece.type === "coming-day" || piece.type === "next-weekday");
  if (day === undefined) return undefined;
  const [time, ...more] = pieces.filter((piece) => piece !== day);
  if (time?.type !== "time" || more.length > 0) {
    throw notUnderstood(
      said,
      read,
      "A single day goes with one time and nothing else: tomorrow 15:00, next monday 9:00.",
    );
  }
  if (day.type === "coming-day" && day.isNight && time.hour < EVENING) {
    throw notUnderstood(
      said,
      read,
      `Tonight is from ${EVENING}:00 on: "tonight 20:00"; after midnight is "tomorrow 2:00".`,
    );
  }
  const today = Math.floor(wallAt(where.zone, where.now) / DAY_MS);
  const ahead = day.type === "coming-day" ? day.ahead : daysUntil(day.weekday, today);
  return atWall(said, (today + ahead) * DAY_MS + (time.hour * 60 + time.minute) * MINUTE_MS, where);
}

/** Days from a day, counted since 1970, to the next one of a weekday: 1 to 7. */
function daysUntil(weekday: number, today: number): number {
  const now = new Date(today * DAY_MS).getUTCDay();
  return ((weekday - now + 6) % 7) + 1;
}
