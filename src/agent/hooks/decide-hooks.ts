import type { EntryData } from "../../protocol/entries.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { Facts, Rule } from "../../protocol/values.ts";
import type { Circumstances } from "../policy/circumstances.ts";
import type { Ports } from "../ports.ts";
import type { CallView, TurnState, TurnView } from "../transcript.ts";
import { type Asked, askHook, callInput, inputOf } from "./ask-hook.ts";
import type { Opinion } from "./call-hooks.ts";
import { hooksAbout, isStrict } from "./due-hooks.ts";

/** A call as the decide-hooks are asked about it. */
export interface Question {
  view: TurnView;
  turn: TurnState;
  call: CallView;
  facts: Facts;
  /** Names call, arguments and facts: an opinion about others counts for nothing. */
  argumentsHash: string;
  around: Circumstances;
  hooks: readonly Hook[];
}

/**
 * What the decide-hooks say, as rules of the layer `hook`, those that deny first. Each opinion is durable before the next
 * hook is asked, and one that is in the trace is not asked for again. Undefined: the turn was stopped meanwhile.
 */
export async function hookRules(ports: Ports, question: Question, stop: AbortSignal): Promise<Rule[] | undefined> {
  const { call, facts, around, argumentsHash } = question;
  const opinions: Opinion[] = [];
  for (const hook of hooksAbout(question.hooks, "decide", call, facts, around)) {
    const known = call.hooks.opinions.findLast((one) => one.hook === hook.name && one.argumentsHash === argumentsHash);
    const opinion = known ?? (await newOpinion(ports, hook, question, stop));
    if (opinion === undefined) return undefined;
    opinions.push(opinion);
  }
  return opinionRules(opinions);
}

/** What decide-hooks have said, as rules: those that deny first. */
export function opinionRules(opinions: readonly Opinion[]): Rule[] {
  const rules = opinions.flatMap(({ hook, decision, reason }): Rule[] =>
    decision === undefined ? [] : [{ id: `hook ${hook}`, layer: "hook", when: {}, decision, reason }],
  );
  return [...rules.filter(isDenial), ...rules.filter((rule) => !isDenial(rule))];
}

const isDenial = ({ decision }: Rule) => decision === "deny";

async function newOpinion(
  ports: Ports,
  hook: Hook,
  { view, turn, call, facts, argumentsHash }: Question,
  stop: AbortSignal,
): Promise<Opinion | undefined> {
  const input = { ...inputOf(view, turn, "decide"), call: callInput(call, call.arguments, facts) };
  const asked = await askHook(ports, hook, "decide", input, stop);
  if (asked.type === "stopped") return undefined;
  const { change, verdict, text, failure } = applicationOf(hook, asked);
  const where = { session: view.session, turn: turn.turn };
  const about = { hook: hook.name, at: "decide" as const, callId: call.callId, argumentsHash };
  await ports.record([{ kind: "hook.applied", ...where, data: { ...about, change, verdict, text, failure } }]);
  return { hook: hook.name, argumentsHash, decision: verdict, reason: text };
}

function applicationOf(
  hook: Hook,
  asked: Exclude<Asked<"decide">, { type: "stopped" }>,
): Pick<EntryData<"hook.applied">, "change" | "text" | "failure"> & { verdict?: Rule["decision"] } {
  if (asked.type === "failed") {
    if (!isStrict(hook, "decide")) return { change: "none", failure: asked.why };
    const text = `The hook ${hook.name}, which decides about calls, failed: ${asked.why}. So the call is denied.`;
    return { change: "verdict", verdict: "deny", text, failure: asked.why };
  }
  if (!("decision" in asked.answer)) return { change: "none" };
  const { decision: verdict, reason: text } = asked.answer;
  return { change: "verdict", verdict, text };
}
