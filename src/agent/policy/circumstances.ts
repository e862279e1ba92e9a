import type { Overrides, ReplayTools } from "../../protocol/entries.ts";
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
  /** What stands for the tools, where the turn is another one asked again. */
  replayTools?: ReplayTools;
  now: Millis;
  /** What the history of the call gives cause for, besides what its facts do. */
  causes?: readonly Cause[];
}

/** What surrounds the calls of a turn. */
export function circumstancesOf(view: TurnView, turn: TurnState, now: Millis): Circumstances {
  const { origin, overrides, endpointTrust, worksFor } = turn;
  const replayTools = turn.replay?.tools;
  return { session: view.session, origin, overrides, taints: view.taints, endpointTrust, worksFor, replayTools, now };
}
