import type { EntryDraft } from "../protocol/entries.ts";
import type { Facts, Millis, OutcomeKind } from "../protocol/values.ts";
import { FINAL_ANSWER } from "./hooks/final-answer.ts";
import { sourcesOf } from "./policy/sources.ts";
import type { Settings } from "./ports.ts";
import {
  type CallView,
  type CardView,
  callsOf,
  isLastStep,
  newestCard,
  type TurnState,
  type TurnView,
} from "./transcript.ts";

/**
 * Entries for every call of the newest step whose fate needs no work: arguments that do not parse, denials, what a
 * person answered, cards that expired, calls that a crash interrupted. Pure; [] when there is none.
 */
export function settleCalls(view: TurnView, turn: TurnState, settings: Settings, now: Millis): EntryDraft[] {
  const calls = callsOf(turn);
  const over = calls.filter((call) => call.outcome !== undefined);
  const unasked = over.flatMap((call) => openCards(call).map((card) => cancelled(view, turn, card)));
  const open = calls.filter((call) => call.outcome === undefined);
  const settled = open.flatMap((call) => {
    const { stopped } = call.hooks;
    if (stopped !== undefined && !call.isStarted) return finished(view, turn, call, stopped.outcome, stopped.words);
    if (call.decision === undefined) return invalid(view, turn, call, settings) ?? [];
    if (call.decision.answer === "deny") {
      return finished(view, turn, call, "denied", call.decision.reason ?? "Policy forbids this call.");
    }
    const { facts } = call.decision;
    if (facts.refusal !== undefined && !call.isStarted) return refused(view, turn, call, facts);
    const settle = call.isStarted ? interrupted : answered;
    return settle(view, turn, call, settings, now) ?? [];
  });
  return [...unasked, ...settled];
}

/** Cards that wait for a person. */
export function openCards(call: CallView): readonly CardView[] {
  return call.cards.filter((card) => card.resolution === undefined);
}

/** Whether a decided call may start now: permitted and never started, or interrupted and safe or allowed to run again. */
export function mayRun(call: CallView, settings: Settings): boolean {
  if (call.decision === undefined) return false;
  if (call.isStarted) {
    return isHarmless(call, settings) ? openQuestion(call) === undefined : recoveryOf(call)?.answer === "again";
  }
  return call.decision.answer === "execute" || newestCard(call)?.resolution === "approved";
}

/** An entry that ends a call without running it, or after a crash. Words for the model begin with `ERROR:`. */
export function finished(
  view: TurnView,
  turn: TurnState,
  call: CallView,
  outcome: OutcomeKind,
  words: string,
): EntryDraft {
  const text = outcome === "ok" ? words : `ERROR: ${words}`;
  const isSideEffectPossible = call.isStarted && call.effect !== "read" && call.effect !== "state";
  const { callId, name, attempts: attempt } = call;
  const data = { callId, attempt, name, outcome, durationMs: 0, text, isSideEffectPossible };
  return { kind: "tool.finished", session: view.session, turn: turn.turn, data };
}

/** A call that a look has found to be impossible. Its words may quote what was looked at. */
function refused(view: TurnView, turn: TurnState, call: CallView, { refusal = "", ...facts }: Facts): EntryDraft {
  const end = finished(view, turn, call, "error", refusal);
  const taints = sourcesOf(facts);
  return end.kind === "tool.finished" && taints.length > 0 ? { ...end, data: { ...end.data, taints } } : end;
}

/** A call that cannot even be decided, with the words that let the model correct itself. */
function invalid(view: TurnView, turn: TurnState, call: CallView, settings: Settings): EntryDraft | undefined {
  if (isLastStep(turn)) {
    return finished(view, turn, call, "denied", "This was to be the turn's last answer; no tool runs any more.");
  }
  if (call.effect === undefined) {
    const listed = view.epoch?.tools.map((tool) => tool.name);
    return finished(view, turn, call, "invalid", settings.tools.suggest(call.name, listed));
  }
  if (call.unparsed !== undefined) {
    const words =
      "The arguments were cut off or are not a JSON object, so nothing ran. Send the whole call again, shorter if need be.";
    return finished(view, turn, call, "invalid", words);
  }
  if (call.name === FINAL_ANSWER) {
    const words = misplacedAnswer(turn, call);
    if (words !== undefined) return finished(view, turn, call, "invalid", words);
  }
  const parsed = settings.tools.parse(call.name, call.arguments);
  return parsed.type === "invalid" ? finished(view, turn, call, "invalid", parsed.message) : undefined;
}

/** Why a final answer is none. */
function misplacedAnswer(turn: TurnState, call: CallView): string | undefined {
  if (turn.overrides.schema === undefined) return "No note asked for JSON in this turn; answer in plain words.";
  const first = callsOf(turn).find(({ name }) => name === FINAL_ANSWER);
  return first === call ? undefined : "Only the first final answer of a response counts.";
}

/** What became of a call that waits for its approval. */
function answered(view: TurnView, turn: TurnState, call: CallView, _: Settings, now: Millis): EntryDraft | undefined {
  const card = newestCard(call);
  if (card === undefined) return undefined;
  if (card.type === "question") return undefined;
  if (card.resolution === "denied") {
    const words = card.reason === undefined ? "" : ` Their reason: ${card.reason}`;
    return finished(view, turn, call, "denied", `The person denied this call.${words}`);
  }
  if (card.resolution === "expired") return finished(view, turn, call, "denied", "Nobody approved this call in time.");
  if (card.resolution === "cancelled")
    return finished(view, turn, call, "cancelled", "The request for approval was cancelled.");
  return expired(view, turn, card, now);
}

/** A read that ends the helper each time must not do so for ever. */
const MAX_ATTEMPTS = 3;

/** A crash interrupted it. Harmless ones simply run again; for the rest only a person can say what happened. */
function interrupted(
  view: TurnView,
  turn: TurnState,
  call: CallView,
  settings: Settings,
  now: Millis,
): EntryDraft | undefined {
  const question = openQuestion(call);
  const seen = call.hooks.after.at(-1);
  if (seen !== undefined && !mayTryAgain(call, settings)) {
    // A hook had seen how it ended, so it did end.
    return finished(view, turn, call, seen.outcome, "loopd stopped right after this call, and its output was lost.");
  }
  if (isHarmless(call, settings)) {
    // It waits for the person all the same; running it again only to wait again would use up its attempts.
    if (question !== undefined) return expired(view, turn, question, now);
    const words = `loopd stopped ${call.attempts} times while this call ran; it is not tried again.`;
    return mayTryAgain(call, settings) ? undefined : finished(view, turn, call, "error", words);
  }
  // Whoever asked is gone with the process that had asked, so an answer would reach nobody.
  if (question !== undefined) return cancelled(view, turn, question);
  const start = "This call was interrupted when loopd stopped.";
  const isUnknown = `${start} Whether it had its effect is unknown; it was not run again.`;
  const card = recoveryOf(call);
  if (card === undefined && turn.overrides.approvals === "deny") {
    return finished(view, turn, call, "unknown", isUnknown);
  }
  if (card === undefined) {
    const data = { cardId: `${call.callId}#${call.cards.length + 1}`, type: "recovery" as const, callId: call.callId };
    return { kind: "card.opened", session: view.session, turn: turn.turn, data };
  }
  if (card.resolution === undefined) return expired(view, turn, card, now);
  if (card.answer === "again") return undefined;
  return card.answer === "happened"
    ? finished(view, turn, call, "ok", `${start} The person says that it had its effect; its output is lost.`)
    : finished(view, turn, call, "unknown", isUnknown);
}

/** A question of the call that nobody has answered yet. */
function openQuestion(call: CallView): CardView | undefined {
  return call.cards.find((card) => card.type === "question" && card.resolution === undefined);
}

/** Ends a card that no answer is needed for any more. */
export function cancelled(view: TurnView, turn: TurnState, { cardId }: CardView): EntryDraft {
  const data = { cardId, resolution: "cancelled" as const, by: "loopd" };
  return { kind: "card.resolved", session: view.session, turn: turn.turn, data };
}

function expired(view: TurnView, turn: TurnState, card: CardView, now: Millis): EntryDraft | undefined {
  if (card.resolution !== undefined || card.expiresAt === undefined || card.expiresAt > now) return undefined;
  const data = { cardId: card.cardId, resolution: "expired" as const, by: "loopd" };
  return { kind: "card.resolved", session: view.session, turn: turn.turn, data };
}

/** The card that asks about the attempt a crash interrupted, once there is one. */
function recoveryOf(call: CallView): CardView | undefined {
  const card = newestCard(call);
  return card?.type === "recovery" && card.attempt === call.attempts ? card : undefined;
}

/** Only what a call does itself can end the helper; one that waits for another turn waits as often as it takes. */
function mayTryAgain(call: CallView, settings: Settings): boolean {
  if (!isHarmless(call, settings)) return false;
  return call.attempts < MAX_ATTEMPTS || settings.tools.find(call.name)?.isDelegating === true;
}

function isHarmless(call: CallView, settings: Settings): boolean {
  return call.effect === "read" || settings.tools.find(call.name)?.isIdempotent === true;
}
