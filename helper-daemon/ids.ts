import { randomBytes } from "node:crypto";
import type { Stamp } from "./store/entry-log.ts";

/** Lower-case letters and digits that are not mistaken for one another when a person copies an id. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A random id: the first letter tells what it names, ten more characters carry 50 bits. */
export function newId(letter: "s" | "t" | "e"): string {
  const length = letter === "e" ? 16 : 10;
  let id: string = letter;
  for (const byte of random(length)) id += ALPHABET[byte % ALPHABET.length];
  return id;
}

/** Randomness drawn in one piece, because each draw asks the kernel. No byte is used twice. */
const pool = { bytes: Buffer.alloc(0), used: 0 };

function random(count: number): Buffer {
  if (pool.used + count > pool.bytes.length) Object.assign(pool, { bytes: randomBytes(4096), used: 0 });
  pool.used += count;
  return pool.bytes.subarray(pool.used - count, pool.used);
}

/** What entries get from this machine: random ids, wall time, and the monotonic clock of a named boot. */
export function createStamp(boot: string): Stamp {
  const mono = () => Number(process.hrtime.bigint() / 1000n) / 1000;
  return { id: () => newId("e"), now: () => new Date(), boot, mono };
}
