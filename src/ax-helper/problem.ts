import * as z from "zod";

/** Why the screen could not be read or operated. All of these are expected: values, never exceptions. */
const problemCodes = z.enum([
  "invalid", // the request itself
  "no-bus", // nothing here speaks of windows: no session, or accessibility is off
  "no-trust", // no grant to look
  "no-app",
  "no-window",
  "no-tree", // the program does not speak of what its window holds
  "not-responding", // it let a call wait its whole limit
  "stale", // the element is not what was read
  "gone",
  "disabled",
  "read-only",
  "unsupported", // the element has no such action; `choices` are those that it has
  "not-found", // no menu item or option of that name; `choices` are those that there are
  "not-focused", // keys and clicks are only sent to what has the keyboard
  "secure-input", // a program keeps the keyboard secret
  "secure", // a secure field is never read
  "off-element",
  "occluded", // something else is at that point
  "failed", // the program refused
  "timed-out", // the request took longer than it may
  "crashed", // the process that looks ended while it looked
  "unavailable", // it ended too often, or cannot be started
  "cancelled",
]);
export type ProblemCode = z.infer<typeof problemCodes>;

/** A problem as it crosses the pipe. */
export const problemSchema = z.object({
  code: problemCodes,
  /** What happened and what to do next, for a model or a person. */
  message: z.string(),
  choices: z.array(z.string()).optional(),
});

/** Why a request about the screen has no answer. A value: it is returned, never thrown. */
export class Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly choices?: readonly string[];

  constructor(code: ProblemCode, message: string, choices?: readonly string[]) {
    this.code = code;
    this.message = message;
    if (choices !== undefined) this.choices = choices;
  }
}
