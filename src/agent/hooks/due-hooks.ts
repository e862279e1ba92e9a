import type { Hook, HookPhase } from "../../protocol/hooks.ts";
import type { Facts, Rule } from "../../protocol/values.ts";
import type { Circumstances } from "../policy/circumstances.ts";
import { matches } from "../policy/match.ts";
import type { CallView } from "../transcript.ts";

const UNKNOWN: Facts = { hash: "" };

/** Hooks of a phase whose `when` fits a call and its facts. Where it names several values, one that fits is enough. */
export function hooksAbout(
  hooks: readonly Hook[],
  phase: HookPhase,
  call: CallView,
  facts: Facts,
  around: Circumstances,
): Hook[] {
  return hooks.filter((hook) => hook.at.includes(phase) && fits(hook.when ?? {}, call, facts, around));
}

/** The same without looking at the world: those that may turn out to be about the call. */
export function hooksMaybeAbout(
  hooks: readonly Hook[],
  phase: HookPhase,
  call: CallView,
  around: Circumstances,
): Hook[] {
  return hooks.filter((hook) => {
    const { tool, effect } = hook.when ?? {};
    return hook.at.includes(phase) && fits({ ...ofTurn(hook), tool, effect }, call, UNKNOWN, around);
  });
}

/** Hooks of a phase whose `when` fits the turn. */
export function hooksOfTurn(hooks: readonly Hook[], phase: HookPhase, around: Circumstances): Hook[] {
  const nobody = { callId: "", name: "", arguments: {} };
  return hooks.filter((hook) => hook.at.includes(phase) && fits(ofTurn(hook), nobody, UNKNOWN, around));
}

/** Whether the strict side counts where a hook fails. */
export function isStrict({ onFail, mode }: Hook, phase: HookPhase): boolean {
  if (onFail !== undefined) return onFail === "deny" || onFail === "withhold" || onFail === "fail";
  return phase !== "answer" || mode === "restrictive";
}

function ofTurn({ when = {} }: Hook): Rule["when"] {
  const { origin, taint, endpointTrust, env } = when;
  return { origin, taint, endpointTrust, env };
}

function fits(
  when: Rule["when"],
  { callId, name, arguments: values, effect = "exec" }: Pick<CallView, "callId" | "name" | "arguments" | "effect">,
  facts: Facts,
  around: Circumstances,
): boolean {
  const rule: Rule = { id: "hook", layer: "hook", when, decision: "requiresApproval" };
  return matches(rule, { callId, name, arguments: values, effect }, facts, around);
}
