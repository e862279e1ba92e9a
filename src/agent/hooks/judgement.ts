import type { EntryDraft } from "../../protocol/entries.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { Settings } from "../ports.ts";
import { finishDraft } from "../repairs.ts";
import { finished } from "../settle-calls.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import { type Candidate, validatorsOf } from "./candidate.ts";
import type { StepVerdict } from "./call-hooks.ts";
import { isStrict } from "./due-hooks.ts";

/** What becomes of an answer: a validator is still to be asked, or these entries. */
export type Judgement = { type: "ask"; hook: Hook } | { type: "conclude"; entries: EntryDraft[] };

/**
 * Judges an answer by the verdicts in the trace. One that does not pass comes back to the model while the turn has
 * corrective attempts left, which all validators share; then the validator's mode says how the turn ends. Pure.
 */
export function judge(view: TurnView, turn: TurnState, candidate: Candidate, settings: Settings): Judgement {
  const waived: { hook: string; text: string }[] = [];
  for (const hook of validatorsOf(view, turn, settings)) {
    const verdict = turn.step?.verdicts.find((one) => one.hook === hook.name);
    if (verdict === undefined) return { type: "ask", hook };
    if (verdict.verdict === "pass") continue;
    const { text, isBroken } = verdict;
    if (!isBroken && turn.rejections <= settings.limits.maxValidations) {
      return { type: "conclude", entries: [sentBack(view, turn, candidate, verdict)] };
    }
    const isFinal = isBroken ? isStrict(hook, "answer") : hook.mode === "restrictive";
    if (isFinal) return { type: "conclude", entries: rejected(view, turn, candidate, verdict) };
    waived.push({ hook: hook.name, text });
  }
  return { type: "conclude", entries: accepted(view, turn, candidate, waived) };
}

/** What the model reads of a verdict. */
function wordsFor({ hook, text }: StepVerdict): string {
  return `The answer was checked and did not pass ${hook}: ${text || "no reason was given"}`;
}

function sentBack(view: TurnView, turn: TurnState, { call }: Candidate, verdict: StepVerdict): EntryDraft {
  const words = `${wordsFor(verdict)}\nMend it and answer again. What was done stays done; do not repeat calls for this.`;
  if (call !== undefined) return finished(view, turn, call, "invalid", words);
  const how = turn.overrides.schema === undefined ? "" : " Give it with final_answer.";
  const data = { from: "validator" as const, text: `${words}${how}` };
  return { kind: "note.added", session: view.session, turn: turn.turn, data };
}

function rejected(view: TurnView, turn: TurnState, { text, call }: Candidate, verdict: StepVerdict): EntryDraft[] {
  const words = verdict.isBroken
    ? `The answer could not be checked: ${verdict.text}`
    : `${wordsFor(verdict)} (${turn.rejections} answers were checked.)`;
  const error = { code: "validation-failed", message: words };
  const ends = call === undefined ? [] : [finished(view, turn, call, "invalid", words)];
  return [...ends, finishDraft(view, turn, { finish: "failed", text, error })];
}

function accepted(
  view: TurnView,
  turn: TurnState,
  { text, call }: Candidate,
  waived: { hook: string; text: string }[],
): EntryDraft[] {
  const ends = call === undefined ? [] : [finished(view, turn, call, "ok", "This is the answer.")];
  const data = { finish: "done" as const, text, ...(waived.length > 0 ? { waived } : {}) };
  return [...ends, finishDraft(view, turn, data)];
}
