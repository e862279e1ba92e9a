import type { Millis } from "../protocol/values.ts";
import { Problem } from "./problem.ts";

/* How a request to the process that looks ends without an answer of it, in words. */

/** It ended so often that it is not started for a while. */
export function resting(times: number, lastEnd: string | undefined): Problem {
  const why = lastEnd === undefined ? "" : ` The last time: ${lastEnd}.`;
  return new Problem(
    "unavailable",
    `What reads the screen ended ${times} times within a minute; it rests for one.${why}`,
  );
}

/** It was killed at the deadline. */
export function tooLate(limitMs: Millis, what: string): Problem {
  const next = what === "act" ? "It may have happened: read the screen before anything else." : "Try again.";
  return new Problem(
    "timed-out",
    `The screen did not answer within ${limitMs} ms, so what reads it was ended. ${next}`,
  );
}

/** It ended in the middle of the request. */
export function fell(why: string | undefined): Problem {
  return new Problem(
    "crashed",
    `What reads the screen ended meanwhile (${why ?? "no reason"}). Read the screen again.`,
  );
}

/** It wrote what is no answer. */
export function unreadable(): Problem {
  return new Problem(
    "crashed",
    "What reads the screen gave an unreadable answer, so it was ended. Read the screen again.",
  );
}

/** The elements are those of an earlier process. */
export function restarted(): Problem {
  return new Problem("gone", "What reads the screen was started again since. Read the screen again.");
}

/** Cancelled before anything came of it. */
export function stopped(): Problem {
  return new Problem("cancelled", "This was stopped before the screen was read.");
}

/** Cancelled while something is being done, which is left to finish. */
export function perhapsDone(): Problem {
  return new Problem(
    "cancelled",
    "This was stopped; it may have been done already. Read the screen before anything else.",
  );
}

/** Nothing is asked any more. */
export function closed(): Problem {
  return new Problem("unavailable", "The helper is ending.");
}
