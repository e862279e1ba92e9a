import type { Circumstances } from "../../../src/agent/policy/circumstances.ts";
import { decide, type Verdict } from "../../../src/agent/policy/decide.ts";
import { standingRules } from "../../../src/agent/policy/standing-rules.ts";
import type { Facts, Rule } from "../../../src/protocol/values.ts";

/** What surrounds a call of a person's turn that nothing restricts. */
const around: Circumstances = {
  ...{ session: "s1", origin: "user", overrides: {}, taints: [], endpointTrust: "local", now: 0 },
};

/** Pressing Send in a window of Mail. */
export const send: Facts = {
  ...{ app: "Mail", window: "New Message – to Ada", source: "screen Mail", hash: "h" },
  control: { action: "press", role: "button", name: "Send" },
};

/** Reading that window. */
export const reading: Facts = { app: "Mail", window: "New Message – to Ada", source: "screen Mail", hash: "h" };

/** What policy says to a call about a window: to drive it where facts name a control, else to read it. */
export function verdict(
  facts: Facts,
  rules: Rule[] = [],
  more: Partial<Circumstances> = {},
  name = facts.control === undefined ? "screen_read" : "screen_act",
): Verdict {
  const call = { callId: "c", name, arguments: {} };
  const effect = name === "screen_act" ? ("ui" as const) : ("read" as const);
  const config = rules.filter(({ layer }) => layer === "config");
  const others = rules.filter(({ layer }) => layer !== "config");
  return decide({ ...call, effect }, facts, { ...around, ...more }, [...standingRules(config, "/home/p"), ...others]);
}

/** A rule of the person's. */
export function rule(decision: Rule["decision"], when: Rule["when"]): Rule {
  return { id: "mine", layer: "config", when, decision };
}
