import type { Millis } from "../../src/protocol/values.ts";
import { offsetAt, wallAt } from "./zone-offsets.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const UNITS: readonly [name: string, ms: Millis][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** An instant as the clocks of a zone show it: `Mon 23 Nov 2026 09:00 Europe/Berlin (+01:00)`. */
export function describeMoment(instant: Millis, zone: string): string {
  const wall = new Date(wallAt(zone, instant));
  const time = wall.toISOString().slice(11, wall.getUTCSeconds() === 0 ? 16 : 19);
  const day = `${WEEKDAYS[wall.getUTCDay()]} ${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`;
  return `${day} ${time} ${zone} (${describeOffset(offsetAt(zone, instant))})`;
}

/** A length of time by at most so many of its units, largest first, rounded down: `2 days 3 hours`. */
export function describeLength(length: Millis, units: number): string {
  let rest = length;
  const parts: string[] = [];
  for (const [name, ms] of UNITS) {
    const count = Math.floor(rest / ms);
    rest -= count * ms;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return parts.length === 0 ? "less than a minute" : parts.slice(0, units).join(" ");
}

function describeOffset(offset: Millis): string {
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (number: number) => String(number).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
