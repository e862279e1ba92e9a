import * as z from "zod";
import type { TurnState } from "../../protocol/requests.ts";
import { finishSchema, type Millis } from "../../protocol/values.ts";

const lastTurnSchema = z.object({
  home: z.string(),
  session: z.string(),
  turn: z.string(),
  /** When it was asked, in milliseconds since the Unix epoch. */
  askedAt: z.number(),
  /** The person has seen its end. */
  isSeen: z.boolean(),
});

/** The turn that Ask followed last, kept so that reopening the window finds it again. */
export type LastTurn = z.infer<typeof lastTurnSchema>;

/** An answer that nobody came back for in so long is history, not the thing at hand. */
const LONGEST_ABSENCE: Millis = 12 * 3_600_000;

/** Reads what an earlier launch kept. Anything unreadable, or of another home, counts as nothing. */
export function parseLastTurn(text: string | undefined, home: string): LastTurn | undefined {
  if (text === undefined) return undefined;
  try {
    const last = lastTurnSchema.parse(JSON.parse(text));
    return last.home === home ? last : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a launch without a question returns to that turn: it still runs, or it ended lately and nobody saw it. */
export function isWorthReturning(last: LastTurn, state: TurnState | undefined, now: Millis): boolean {
  if (state === undefined) return false;
  if (!finishSchema.safeParse(state).success) return true;
  return !last.isSeen && now - last.askedAt < LONGEST_ABSENCE;
}
