import type { EntryDraft } from "../../protocol/entries.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { Ports } from "../ports.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import { type Asked, askHook, inputOf } from "./ask-hook.ts";
import { askJudge, type JudgeAnswer } from "./judge-model.ts";
import { isStrict } from "./due-hooks.ts";

/** Asks one validator about an answer and drafts its verdict; [] where the turn or the helper was stopped meanwhile. */
export async function askValidator(
  ports: Ports,
  view: TurnView,
  turn: TurnState,
  hook: Hook,
  answer: string,
  stop: AbortSignal,
): Promise<EntryDraft[]> {
  const asked: Asked<"answer"> & Pick<JudgeAnswer, "usage"> =
    hook.builtin === "judge"
      ? await askJudge(ports, view, turn, hook, answer, stop)
      : await askHook(ports, hook, "answer", { ...inputOf(view, turn, "answer"), answer }, stop);
  if (asked.type === "stopped") return [];
  const said = { hook: hook.name, at: "answer" as const, change: "verdict" as const, usage: asked.usage };
  const where = { kind: "hook.applied" as const, session: view.session, turn: turn.turn };
  if (asked.type === "failed") {
    const text = `the validator ${hook.name} failed: ${asked.why}`;
    const verdict = isStrict(hook, "answer") ? "fail" : "feedback";
    return [{ ...where, data: { ...said, verdict, text, failure: asked.why } }];
  }
  const { verdict = "pass", text }: { verdict?: string; text?: string } = asked.answer;
  return [{ ...where, data: { ...said, verdict, text } }];
}
