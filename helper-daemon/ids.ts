import { randomBytes } from "node:crypto";
import type { Stamp } from "./store/entry-log.ts";

/** Lower-case letters and digits that are not mistaken for one another when a person copies an id. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A random id: the first letter tells what it names, ten more characters carry 50 bits. */
export function newId(letter: "s" | "t" | "e"): string {
  return letter + letters(letter === "e" ? 16 : 10);
}

function letters(count: number): string {
  let text = "";
  for (const byte of random(count)) text += ALPHABET[byte % ALPHABET.length];
  return text;
}

/** Randomness drawn in one piece, because each draw asks the kernel. No byte is used twice. */
const pool = { bytes: Buffer.alloc(0), used: 0 };

function random(count: number): Buffer {
  if (pool.used + count > pool.bytes.length) Object.assign(pool, { bytes: randomBytes(4096), used: 0 });
  pool.used += count;
  return pool.bytes.subarray(pool.used - count, pool.used);
}

/** Letters that hold the milliseconds since 1970 until the year 3084. */
const TIME_LETTERS = 9;

/**
 * The id of an entry: the time, then forty random bits. Ids in the order of their making share the last page of their
 * index, which random ones would spread over all of it, to be written again with every record.
 */
function entryId(): string {
  let time = "";
  for (let rest = Date.now(); time.length < TIME_LETTERS; rest = Math.floor(rest / ALPHABET.length))
    time = `${ALPHABET[rest % ALPHABET.length]}${time}`;
  return `e${time}${letters(8)}`;
}

/** What entries get from this machine: ids, wall time, and the monotonic clock of a named boot. */
export function createStamp(boot: string): Stamp {
  const mono = () => Number(process.hrtime.bigint() / 1000n) / 1000;
  return { id: entryId, now: () => new Date(), boot, mono };
}
