import picomatch from "picomatch";
import * as z from "zod";

/** Two wildcards can match the same text in many ways; their number bounds the work on a hostile name. */
const MAX_STARS = 4;
const MAX_BRACES = 2;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** A glob that costs little to match, whatever the name. */
export const globText = z
  .string()
  .min(1)
  .max(200)
  .refine((glob) => !glob.includes("\0"), "text without NUL characters")
  .refine((glob) => count(glob, /\*+/g) <= MAX_STARS, `a glob with at most ${MAX_STARS} stars`)
  .refine((glob) => count(glob, /\{/g) <= MAX_BRACES, `a glob with at most ${MAX_BRACES} pairs of braces`);

/**
 * Makes globs into one test on a path relative to the folder that is walked. A glob without `/` is about the name at any
 * depth, one with `/` about the whole relative path. Hidden names count; brackets `( )` stand for themselves.
 */
export function globTest(globs: readonly string[]): (relative: string) => boolean {
  const options = { dot: true, noextglob: true, nonegate: true };
  const tests = globs.map((glob) => {
    const plain = glob.replace(/^\.\//, "").replace(/\/$/, "").replace(/[()]/g, "\\$&");
    const test = picomatch(plain, options);
    if (plain.includes("/")) return test;
    return (relative: string) => test(relative.slice(relative.lastIndexOf("/") + 1));
  });
  return (relative) => tests.some((test) => test(relative));
}
