import { spentOn } from "../budget.ts";
import type { TurnView } from "../transcript.ts";
import { hasCalls } from "./exchanges.ts";
import { leaveOut } from "./stubs.ts";

/** Which messages stay, and which results of them are left out. */
export interface Cut {
  /** Index of the first one that stays. */
  keepsFrom: number;
  /** Ids of the results that are left out. */
  stubs: string[];
}

/**
 * The view with what stays of its messages. Where not even the newest response stays, results of its calls that nobody has
 * sent go with it: what is known of them is in the ledger.
 */
export function cutView(view: TurnView, { keepsFrom, stubs }: Cut): TurnView {
  const without = leaveOut(view, stubs);
  const cut = { ...without, sealed: without.sealed.slice(keepsFrom) };
  const last = without.sealed.at(-1);
  if (cut.sealed.length > 0 || last === undefined || !hasCalls(last)) return cut;
  const { turn } = without;
  const done = turn === undefined ? {} : { turn: { ...turn, spent: spentOn(turn.spent, turn), step: undefined } };
  return { ...cut, ...done, results: [], images: [] };
}
