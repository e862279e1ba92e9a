import type { Overrides } from "../../protocol/entries.ts";
import type { Cause, Decision, Facts, Rule, RuleLayer } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";
import { matches } from "./match.ts";

/** What policy says to one call, and which rule said it. */
export interface Verdict {
  answer: Decision;
  ruleId: string;
  causes: Cause[];
  reason?: string;
}

const LAYERS: readonly RuleLayer[] = ["floor", "turn", "hook", "config", "grant", "default"];

/**
 * Decides one call from its recorded facts. First match per layer; any `deny` wins, else the earliest layer answers.
 * A cause lifts `execute` to `requiresApproval`. Fails closed: a call that no rule speaks about needs a person.
 */
export function decide(
  call: ParsedCall,
  facts: Facts,
  overrides: Overrides,
  rules: readonly Rule[],
  causes: Cause[],
): Verdict {
  const list = [...turnRules(call, overrides), ...rules];
  const answers = LAYERS.flatMap((layer) => {
    const first = list.find((rule) => rule.layer === layer && matches(rule, call, facts));
    return first === undefined ? [] : [first];
  });
  const rule = answers.find((one) => one.decision === "deny") ?? answers[0];
  if (rule === undefined) return { answer: "requiresApproval", ruleId: "no-rule", causes };
  const answer = rule.decision === "execute" && causes.length > 0 ? "requiresApproval" : rule.decision;
  return { answer, ruleId: rule.id, causes, reason: rule.reason };
}

/** The turn's own layer: its tool selection, and the person's `--yes`. */
function turnRules(call: ParsedCall, { tools, denyTools, yes }: Overrides): Rule[] {
  const isMasked = (tools !== undefined && !tools.includes(call.name)) || denyTools?.includes(call.name) === true;
  const rules: Rule[] = [];
  if (isMasked) {
    const reason = "This turn was asked to work without this tool.";
    rules.push({ id: "turn-tools", layer: "turn", when: {}, decision: "deny", reason });
  }
  if (yes === true) rules.push({ id: "turn-yes", layer: "turn", when: {}, decision: "execute" });
  return rules;
}
