import type { Overrides } from "../../protocol/entries.ts";
import type { Cause, Decision, Facts, Rule, RuleLayer } from "../../protocol/values.ts";
import { FINAL_ANSWER } from "../hooks/final-answer.ts";
import type { ParsedCall } from "../ports.ts";
import { causesOf } from "./causes.ts";
import type { Circumstances } from "./circumstances.ts";
import { namedClosing } from "./closed-to-commands.ts";
import { matches } from "./match.ts";
import { isGranted, uncovered } from "./standing-word.ts";

/** What one layer said. */
interface LayerAnswer {
  layer: RuleLayer;
  ruleId: string;
  decision: Decision;
}

/** What policy says to one call, and which rule said it. */
export interface Verdict {
  answer: Decision;
  ruleId: string;
  causes: Cause[];
  reason?: string;
  /** The first rule of each layer that speaks about the call. */
  heard: LayerAnswer[];
  /** How long a card may wait, as the answering rule says. */
  expiresIn?: string;
}

/** Only reads the catalogue; without it a model could not learn how to call a chosen tool that its epoch does not list. */
const FIND_TOOLS = "find_tools";

/** In the order in which they answer. */
const LAYERS: readonly RuleLayer[] = ["floor", "turn", "hook", "config", "default"];
/** What a person asked for, or nobody said otherwise, a person may stop asking for. */
const GRANTABLE: ReadonlySet<RuleLayer> = new Set(["turn", "config", "default"]);

/**
 * Decides one call from its recorded facts. First match per layer; any `deny` wins, else the earliest layer answers.
 * A cause lifts `execute` to `requiresApproval`; a grant that matches and covers every cause lowers it again. Fails
 * closed: a call that no rule speaks about needs a person, and where the turn waits for none, it is denied. A call that
 * cannot do what it asks anyway (`facts.refusal`) is still forbidden where it is, but needs nobody.
 */
export function decide(call: ParsedCall, facts: Facts, around: Circumstances, rules: readonly Rule[]): Verdict {
  const verdict = ruled(call, facts, around, rules);
  const isAsking = verdict.answer === "requiresApproval" && facts.refusal === undefined;
  if (!isAsking || around.overrides.approvals !== "deny") return verdict;
  const reason = "A person would have to approve this call, and this turn waits for nobody (approvals: deny).";
  return { ...verdict, answer: "deny", reason, expiresIn: undefined };
}

function ruled(call: ParsedCall, facts: Facts, around: Circumstances, rules: readonly Rule[]): Verdict {
  const causes = [...causesOf(call, facts, around.taints), ...(around.causes ?? [])];
  const list = [...turnRules(call, around.overrides), ...replayRules(call, facts, around), ...rules];
  const first = LAYERS.flatMap((layer) => {
    const rule = list.find((one) => one.layer === layer && matches(one, call, facts, around));
    return rule === undefined ? [] : [rule];
  });
  const heard = first.map(({ layer, id, decision }) => ({ layer, ruleId: id, decision }));
  const rule = first.find((one) => one.decision === "deny") ?? first[0];
  if (rule === undefined) return { answer: "requiresApproval", ruleId: "no-rule", causes, heard };
  const named = rule.decision === "deny" ? undefined : namedClosing(call, facts, around, list);
  if (named !== undefined) return closedWords(named, causes, heard);
  const { id: ruleId, reason, decision, expiresIn } = rule;
  if (decision === "deny" || (decision === "execute" && causes.length === 0)) {
    return { answer: decision, ruleId, causes, reason, heard };
  }
  const grant = GRANTABLE.has(rule.layer) ? grantFor(call, facts, around, rules, causes) : undefined;
  if (grant !== undefined) {
    const said = { layer: "grant" as const, ruleId: grant.id, decision: grant.decision };
    return { answer: "execute", ruleId: grant.id, causes, heard: [...heard, said] };
  }
  return { answer: "requiresApproval", ruleId, causes, reason, heard, expiresIn };
}

/** A command says itself what it would read. */
function closedWords(
  { rule: { id, layer, reason = "" }, path }: { rule: Rule; path: string },
  causes: Cause[],
  heard: LayerAnswer[],
): Verdict {
  const words = `A rule closes ${JSON.stringify(path)}, which this command names. ${reason}`.trim();
  return {
    answer: "deny",
    ruleId: id,
    causes,
    reason: words,
    heard: [...heard, { layer, ruleId: id, decision: "deny" }],
  };
}

/** A person's standing word that answers for the call and for all of its causes. */
function grantFor(
  call: ParsedCall,
  facts: Facts,
  around: Circumstances,
  rules: readonly Rule[],
  causes: readonly Cause[],
): Rule | undefined {
  return rules.find((rule) => isGranted(rule, call, facts, around) && uncovered(rule, causes).length === 0);
}

/** A turn that is asked again: nothing runs but what there is a recorded result for. The catalogue may always be read. */
function replayRules({ name }: ParsedCall, { isRecorded = false }: Facts, { replayTools }: Circumstances): Rule[] {
  const isConstant = name === FINAL_ANSWER || name === FIND_TOOLS;
  if (replayTools === undefined || replayTools === "live" || isConstant) return [];
  if (replayTools === "recorded" && isRecorded) return [];
  const reason =
    replayTools === "deny"
      ? "This turn is asked again without tools, so nothing ran."
      : "This turn is asked again on recorded results. None was recorded for this tool with these arguments, so nothing ran.";
  return [{ id: "turn-replay", layer: "turn", when: {}, decision: "deny", reason }];
}

/** The turn's own layer: its tool selection, and the person's `--yes`. */
function turnRules(call: ParsedCall, { tools, denyTools, yes }: Overrides): Rule[] {
  const isConstant = call.name === FINAL_ANSWER || (call.name === FIND_TOOLS && tools?.length !== 0);
  const isChosen = tools === undefined || tools.includes(call.name) || isConstant;
  const isMasked = !isChosen || denyTools?.includes(call.name) === true;
  const rules: Rule[] = [];
  if (isMasked) {
    const reason = "This turn was asked to work without this tool.";
    rules.push({ id: "turn-tools", layer: "turn", when: {}, decision: "deny", reason });
  }
  if (yes === true) rules.push({ id: "turn-yes", layer: "turn", when: {}, decision: "execute" });
  return rules;
}
