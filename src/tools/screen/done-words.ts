import type { Deed } from "../../ax-helper/session-screen.ts";
import { plainLine } from "../visible-text.ts";

const LONGEST_NOTE = 200;

/** What came of an action, in one line: whether it was done, whether that was seen, and never to repeat what may be done. */
export function doneWords({ acted, isChanged }: Deed): string {
  const { outcome, verified, note } = acted;
  const told = note === undefined ? "" : ` ${plainLine(note, LONGEST_NOTE)}`;
  if (outcome === "unknown")
    return `Not confirmed: it may have happened.${told} Do not do it again unless the window shows that it did not.`;
  if (verified === false) return `Done, but the result is not what was asked for.${told}`;
  if (verified === true) return `Done and verified.${told}`;
  return isChanged ? `Done.${told}` : `Done, but the window shows no change.${told}`;
}
