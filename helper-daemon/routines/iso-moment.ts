import { LoopdError } from "../../src/protocol/errors.ts";
import { type Trigger, triggerSchema } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { describeMoment } from "./describe-moment.ts";
import { zoneNamed } from "./zone-names.ts";
import { instantOf } from "./zone-offsets.ts";

type Where = { now: Millis; zone: string };

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:T|\s+|\s+at\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?(?:\s+(\S+))?$/i;

/**
 * The moment that ISO 8601 means: an instant where it carries an offset, otherwise the time that the clocks of the zone
 * show; a zone may follow. Undefined if the text is no ISO date. Throws a LoopdError `invalid-params` for a date or time
 * that does not exist, without a time, or past.
 */
export function isoMoment(said: string, where: Where): Trigger | undefined {
  if (!/^\d{4}-\d{1,2}-\d{1,2}/.test(said)) return undefined;
  const parts = ISO.exec(said);
  if (parts === null)
    throw wrong(said, "an ISO date reads 2027-01-31T09:00, with an offset (+01:00, Z) or a zone after it");
  const [, year, month, day, hour, minute, second, offset, zone] = parts;
  if (hour === undefined) throw wrong(said, `a time of day is missing: ${year}-${month}-${day}T09:00`);
  const named = { ...where, zone: zone === undefined ? where.zone : zoneNamed(zone) };
  const numbers = [year, month, day, hour, minute, second ?? "0"].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = numbers;
  const wall = Date.UTC(y, mo - 1, d, h, mi, s);
  const [date] = new Date(wall).toISOString().split("T");
  if (h > 23 || mi > 59 || s > 59) throw wrong(said, "hours go from 00 to 23, minutes and seconds to 59");
  if (date !== `${year}-${month}-${day}`)
    throw wrong(said, `there is no such day: month ${month} of ${year} ends earlier, or a year has 12 months`);
  if (offset === undefined) return atWall(said, wall, named);
  const [hours = 0, minutes = 0] = (offset.match(/\d{2}/g) ?? []).map(Number);
  if (hours > 14 || minutes > 59) throw wrong(said, `no clocks are ${offset} from UTC`);
  return atMoment(said, wall - (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000, named);
}

/** The trigger for when a zone's clocks show a wall time, which must not be past. */
export function atWall(said: string, wall: Millis, where: Where): Trigger {
  const at = instantOf(where.zone, wall);
  if (at === undefined) throw wrong(said, `${where.zone} left that day out of its calendar`);
  return atMoment(said, at, where);
}

/** The trigger for an instant, which must not be past. */
export function atMoment(said: string, at: Millis, { now, zone }: Where): Trigger {
  if (at <= now) throw wrong(said, `that is past: ${describeMoment(at, zone)}; now it is ${describeMoment(now, zone)}`);
  const { data } = triggerSchema.safeParse({ type: "at", at, zone });
  if (data === undefined) throw wrong(said, "that is too far away");
  return data;
}

function wrong(said: string, why: string): LoopdError {
  return new LoopdError("invalid-params", `The schedule ${JSON.stringify(said)} cannot be: ${why}.`);
}
