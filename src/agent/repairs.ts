import type { EntryData, EntryDraft } from "../protocol/entries.ts";
import type { Repairs } from "../protocol/model-entries.ts";
import { spentOn } from "./budget.ts";
import type { TurnState, TurnView } from "./transcript.ts";

/** One repair more of a kind. */
export function withRepair(repairs: Repairs = {}, kind: keyof Repairs): Repairs {
  return { ...repairs, [kind]: (repairs[kind] ?? 0) + 1 };
}

/** The entry that ends a turn, with what had to be mended of the model's calls. */
export function finishDraft(view: TurnView, turn: TurnState, data: EntryData<"turn.finished">): EntryDraft {
  const { repeated } = spentOn(turn.spent, turn);
  const repairs = { ...turn.repairs, ...(repeated > 0 ? { repeated } : {}) };
  const mended = Object.keys(repairs).length > 0 ? { repairs } : {};
  return { kind: "turn.finished", session: view.session, turn: turn.turn, data: { ...data, ...mended } };
}
