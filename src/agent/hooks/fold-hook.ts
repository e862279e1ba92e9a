import type { EntryData } from "../../protocol/entries.ts";
import { decisionSchema } from "../../protocol/values.ts";
import { withUsage } from "../spent.ts";
import type { CallView, TurnState } from "../transcript.ts";
import type { CallHooks, StepVerdict } from "./call-hooks.ts";

type Applied = EntryData<"hook.applied">;

/** The turn after a hook was applied. Pure and total. */
export function foldHook(turn: TurnState, data: Applied): TurnState {
  if (turn.step === undefined) return turn;
  if (data.at === "answer") return judged(turn, data);
  const calls = turn.step.calls.map((call) => (call.callId === data.callId ? applied(call, data) : call));
  return { ...turn, step: { ...turn.step, calls } };
}

function judged(turn: TurnState, { hook, verdict: said, text = "", failure, usage }: Applied): TurnState {
  if (turn.step === undefined) return turn;
  const verdict = said === "fail" || said === "feedback" ? said : "pass";
  const one: StepVerdict = { hook, verdict, text, isBroken: failure !== undefined };
  const isRejection = verdict !== "pass" && failure === undefined;
  return {
    ...turn,
    rejections: turn.rejections + (isRejection ? 1 : 0),
    spent: usage === undefined ? turn.spent : withUsage(turn.spent, usage),
    step: { ...turn.step, verdicts: [...turn.step.verdicts, one] },
  };
}

function applied(call: CallView, data: Applied): CallView {
  const { hooks } = call;
  const withMore = (more: Partial<CallHooks>): CallView => ({ ...call, hooks: { ...hooks, ...more } });
  switch (data.at) {
    case "before": {
      const before = [...hooks.before, data.hook];
      if (data.change === "cancelled") {
        const outcome = data.failure === undefined ? ("cancelled" as const) : ("denied" as const);
        return withMore({ before, stopped: { outcome, words: data.text ?? "" } });
      }
      if (data.change !== "arguments" || data.arguments === undefined) return withMore({ before });
      const isAfterApproval = call.cards.some(({ resolution }) => resolution === "approved" || resolution === "edited");
      const changedBy = isAfterApproval ? [...hooks.changedBy, data.hook] : hooks.changedBy;
      return { ...withMore({ before, changedBy }), arguments: data.arguments, decision: undefined };
    }
    case "decide": {
      const { hook, argumentsHash = "", text: reason } = data;
      const decision = decisionSchema.safeParse(data.verdict).data;
      return withMore({ opinions: [...hooks.opinions, { hook, argumentsHash, decision, reason }] });
    }
    case "after": {
      const { hook, outcome = "unknown", text } = data;
      return withMore({ after: [...hooks.after, { hook, outcome, text }] });
    }
    case "answer":
      return call;
  }
}
