import { randomBytes } from "node:crypto";
import type { Stamp } from "./store/entry-log.ts";

/** Lower-case letters and digits that are not mistaken for one another when a person copies an id. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A random id: the first letter tells what it names, ten more characters carry 50 bits. */
export function newId(letter: "s" | "t" | "e"): string {
  const length = letter === "e" ? 16 : 10;
  return letter + [...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** What entries get from this machine: random ids, wall time, and the monotonic clock of a named boot. */
export function createStamp(boot: string): Stamp {
  const mono = () => Number(process.hrtime.bigint() / 1000n) / 1000;
  return { id: () => newId("e"), now: () => new Date(), boot, mono };
}
