import type { EntryDraft } from "../protocol/entries.ts";
import { finished } from "./settle-calls.ts";
import { callsOf, newestCard, type TurnState, type TurnView } from "./transcript.ts";

/** Everything a cancelled turn leaves open, settled in one record: cards, calls, then the turn itself. */
export function cancelRow(view: TurnView, turn: TurnState): EntryDraft[] {
  const open = callsOf(turn).filter((call) => call.outcome === undefined);
  const where = { session: view.session, turn: turn.turn };
  const cards = open.flatMap((call): EntryDraft[] => {
    const card = newestCard(call);
    if (card === undefined || card.resolution !== undefined) return [];
    return [{ kind: "card.resolved", ...where, data: { cardId: card.cardId, resolution: "cancelled", by: "loopd" } }];
  });
  const calls = open.map((call) =>
    call.isStarted
      ? finished(view, turn, call, "unknown", "This call was interrupted; whether it had its effect is unknown.")
      : finished(view, turn, call, "cancelled", "The turn was cancelled before this call ran."),
  );
  const data = { finish: "cancelled" as const, text: turn.step?.text ?? "" };
  return [...cards, ...calls, { kind: "turn.finished", ...where, data }];
}
