import type { Clock } from "../awake-timer.ts";
import type { Millis } from "../../protocol/values.ts";

/**
 * What the loop takes from the world besides model and tools. It never reaches for them itself, so that a test can pass a
 * clock that stands still. On Node: `{ now: Date.now, setTimeout, clearTimeout, randomUUID, digest }`, where `digest` is
 * `(text) => hash("sha256", text)` from `node:crypto`.
 */
export interface Runtime extends Clock {
  /** Milliseconds since the Unix epoch. */
  now(): Millis;
  /** Cannot be guessed: it makes the names of sessions and turns, and the mark that tells loopd's words from a tool's. */
  randomUUID(): string;
  /** SHA-256 of the text's UTF-8, hexadecimal. */
  digest(text: string): string;
}
