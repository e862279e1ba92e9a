import type { Overrides } from "../../protocol/entries.ts";
import type { Cause, Millis } from "../../protocol/values.ts";
import type { TurnState, TurnView } from "../transcript.ts";

/** What surrounds a call, as policy sees it. */
export interface Circumstances {
  session: string;
  origin: "user" | "routine" | "delegate";
  overrides: Overrides;
  /** Sources of text that nobody vouches for and the model has read. */
  taints: readonly string[];
  endpointTrust: "local" | "remote";
  /** What surrounds the turn that a delegate works for. */
  worksFor?: TurnState["worksFor"];
  now: Millis;
  /** What the history of the call gives cause for, besides what its facts do. */
  causes?: readonly Cause[];
}

/** What surrounds the calls of a turn. */
export function circumstancesOf(view: TurnView, turn: TurnState, now: Millis): Circumstances {
  const { origin, overrides, endpointTrust, worksFor } = turn;
  return { session: view.session, origin, overrides, taints: view.taints, endpointTrust, worksFor, now };
}
