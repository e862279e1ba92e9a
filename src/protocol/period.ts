import * as z from "zod";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time as people write it: `90s`, `30m`, `24h`, `7d`. */
export const periodSchema = z.string().regex(/^[1-9]\d{0,6}(s|m|h|d)$/, "a time such as 90s, 30m, 24h or 7d");

/** Milliseconds of such a length of time. */
export function periodMs(period: string): number {
  return Number(period.slice(0, -1)) * (UNITS[period.slice(-1)] ?? 0);
}
