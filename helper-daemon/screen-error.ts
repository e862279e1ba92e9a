import type { Problem } from "../src/ax-helper/problem.ts";
import { type ErrorCode, LoopdError } from "../src/protocol/errors.ts";

/** More choices than these help nobody. */
const MOST_CHOICES = 12;
const LONGEST_CHOICE = 80;

/** Problems of the question itself. Everything else is the screen's. */
const CODES: Partial<Record<Problem["code"], ErrorCode>> = {
  invalid: "invalid-params",
  "no-app": "unknown-app",
  cancelled: "cancelled",
};

/** What a person does next, where the problem itself does not say. */
const NEXT: Partial<Record<Problem["code"], string>> = {
  "no-bus": " To see what is missing: loopd doctor",
  "not-responding": " Perhaps a dialog of it waits for you.",
  "not-focused": " Give it the keyboard first: loopd screen act REF focus",
};

/** A problem of the screen as an error of the socket: its words, and what there is to choose from. */
export function screenError({ code, message, choices = [] }: Problem): LoopdError {
  const names = choices.slice(0, MOST_CHOICES).map((choice) => JSON.stringify(choice.slice(0, LONGEST_CHOICE)));
  const rest = choices.length > names.length ? ` and ${choices.length - names.length} more` : "";
  const offered = names.length === 0 ? "" : ` There are: ${names.join(", ")}${rest}.`;
  return new LoopdError(CODES[code] ?? "screen-failed", `${message}${offered}${NEXT[code] ?? ""}`);
}
