import type { EntryKind } from "../../protocol/entries.ts";
import type { CallId, Seq, TurnId } from "../../protocol/values.ts";

/** What was decided then, what would be now, and why. */
export interface Difference {
  recorded: string;
  now: string;
  why: string;
  /** The rules that answer, where policy decides. */
  rules?: { was: string; is: string };
}

/** One point of a trace at which the loop had decided something. */
export type ReplayPoint = {
  /** Of the entry that says what was decided. */
  seq: Seq;
  kind: EntryKind;
  turn?: TurnId;
  callId?: CallId;
  tool?: string;
} & ({ result: "same" } | ({ result: "differs" } & Difference));

/** What came of a replay. */
export interface Replay {
  points: ReplayPoint[];
  /** What the trace does not say and the replay had to take from elsewhere, in words; each once. */
  assumed: string[];
}
