import { Problem } from "../../problem.ts";
import type { Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import type { Look } from "./look.ts";

/** An element that something is done to, as it is right now. */
export interface Subject {
  look: Look;
  target: Target;
  now: Outline;
}

/** What was found afterwards. */
export interface Check {
  verified?: boolean;
  note?: string;
}

/** What was done, and how it is checked once the program is quiet. */
export interface Deed {
  by: "accessibility" | "input";
  /** The program did not confirm: it may have happened. */
  unknown?: string;
  check?: () => Promise<Check>;
}

/**
 * Asks a program to do something. A refusal is a problem. That it does not answer, or ends, is none: it may be busy with just
 * what was asked, such as a dialog that it shows.
 */
export async function demand(answer: Promise<unknown>, refused: string): Promise<Deed | Problem> {
  const got = await answer;
  if (got === false) return new Problem("failed", refused);
  if (!(got instanceof Problem)) return { by: "accessibility" };
  if (got.code === "not-responding" || got.code === "gone") return { by: "accessibility", unknown: got.message };
  return got;
}
