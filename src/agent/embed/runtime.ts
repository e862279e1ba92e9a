import type { Clock } from "../awake-timer.ts";
import type { Millis } from "../../protocol/values.ts";

/**
 * What the loop takes from the world besides model and tools. It never reaches for them itself, so that a test can pass a
 * clock that stands still. On Node it is one line: see docs/embedding.md.
 */
export interface Runtime extends Clock {
  /** Milliseconds since the Unix epoch. */
  now(): Millis;
  /** Cannot be guessed: it makes the names of sessions and turns, and the mark that tells loopd's words from a tool's. */
  newId(): string;
  /** Of the text's UTF-8, hexadecimal. */
  hash(algorithm: "sha256", text: string): string;
}
