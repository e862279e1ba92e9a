import { LoopdError } from "../../src/protocol/errors.ts";
import { visibleText } from "../../src/tools/visible-text.ts";
import type { ReadPieces } from "./schedule-pieces.ts";

/** How schedules are written, for whoever wrote something else. */
export const EXAMPLES =
  'Write for example "weekdays at 9:00", "every 2h", "mondays and thursdays 18:30", "first monday 08:30", ' +
  '"last day of month 23:00", "tomorrow 15:00", "in 20 minutes", "2027-01-31T09:00", or a cron such as "0 9 * * 1-5".';

/** The error for a schedule of which a part, or the whole, makes no sense. `hint` says how to write it instead. */
export function notUnderstood(said: string, { pieces, unknown }: ReadPieces, hint: string): LoopdError {
  const quoted = (words: readonly string[]) => words.map(shown).join(", ");
  const understood = [...new Set(pieces.map(({ words }) => words))];
  const parts = [
    `The schedule ${shown(said)} is not clear.`,
    ...(understood.length > 0 ? [`Understood: ${quoted(understood)}.`] : []),
    ...(unknown.length > 0 ? [`Not understood: ${quoted(unknown)}${aboutSeconds(unknown)}.`] : []),
    hint,
  ];
  return new LoopdError("invalid-params", parts.join(" "));
}

/** A text in quotes, in which nothing is invisible or turns others around. */
function shown(text: string): string {
  return visibleText(JSON.stringify(text));
}

function aboutSeconds(unknown: readonly string[]): string {
  const isSeconds = unknown.some((word) => /^(\d+)?(s|secs?|seconds?)$|^\d+:\d+:\d+$/i.test(word));
  return isSeconds ? " (schedules know minutes, not seconds)" : "";
}
