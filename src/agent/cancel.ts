import type { EntryDraft } from "../protocol/entries.ts";
import { finishDraft } from "./repairs.ts";
import { cancelled, finished, openCards } from "./settle-calls.ts";
import { callsOf, type TurnState, type TurnView } from "./transcript.ts";

/** Everything a cancelled turn leaves open, settled in one record: cards, calls, then the turn itself. */
export function cancelRow(view: TurnView, turn: TurnState): EntryDraft[] {
  const open = callsOf(turn).filter((call) => call.outcome === undefined);
  const cards = callsOf(turn).flatMap((call) => openCards(call).map((card) => cancelled(view, turn, card)));
  const calls = open.map((call) =>
    call.isStarted
      ? finished(view, turn, call, "unknown", "This call was interrupted; whether it had its effect is unknown.")
      : finished(view, turn, call, "cancelled", "The turn was cancelled before this call ran."),
  );
  const data = { finish: "cancelled" as const, text: turn.step?.text ?? "" };
  return [...cards, ...calls, finishDraft(view, turn, data)];
}
