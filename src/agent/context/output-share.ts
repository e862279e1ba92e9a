import type { Settings } from "../ports.ts";
import { callsOf, type TurnState } from "../transcript.ts";

/** The output of one call may take that part of the window, those of a step together the other. */
const SHARE_OF_CALL = 0.1;
const SHARE_OF_STEP = 0.25;
/** With less, nothing would be left of an output but how to get it. A step of very many calls gets by with the least. */
const FLOOR_BYTES = 400;
const LEAST_BYTES = 256;
/** Even at the floor, the outputs of a step must not take more of the window. */
const FLOOR_SHARE = 0.35;

/**
 * UTF-8 bytes that the output of each call of the turn's newest step may bring to the model; the rest is in a blob. From
 * window and number of calls alone, so that it is the same whenever it is asked. At most `limits.toolOutputBytes`, and
 * just that where nobody knows of a window.
 */
export function outputShare(turn: TurnState, settings: Settings): number {
  const most = settings.limits.toolOutputBytes;
  const window = settings.windowOf?.(turn.endpoint, turn.model);
  if (window === undefined) return most;
  const bytes = (window.tokens * 3.5) / window.factor;
  const calls = Math.max(1, callsOf(turn).length);
  const share = Math.min(bytes * SHARE_OF_CALL, (bytes * SHARE_OF_STEP) / calls);
  const floor = Math.min(FLOOR_BYTES, (bytes * FLOOR_SHARE) / calls);
  return Math.floor(Math.min(most, Math.max(share, floor, LEAST_BYTES)));
}
