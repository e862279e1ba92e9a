import type { Cause, Effect, Facts } from "../../protocol/values.ts";
import { secretCause } from "./screen-calls.ts";

/** Effects that text from elsewhere must not bring about without a person. */
const CONSEQUENTIAL: ReadonlySet<Effect> = new Set(["write", "ui", "network", "schedule"]);

/**
 * Why a call needs a person although a rule would execute it. Text that nobody vouches for may have suggested whatever
 * leaves a mark: changes outside loopd, commands outside the sandbox, tools of a server that is not trusted, and notes
 * that later sessions read. A server's own text is no cause against that server: it can do by itself whatever its tools do.
 * And nobody but a person lets a private value leave that the model itself could not see, or a picture that may show one,
 * or text go into a secret field.
 */
export function causesOf(call: { effect: Effect }, facts: Facts, taints: readonly string[]): Cause[] {
  const isVouchedFor = facts.server !== undefined && facts.isTrusted === true;
  const isUnboxed = call.effect === "exec" && facts.isSandboxed !== true && !isVouchedFor;
  const isTouched = CONSEQUENTIAL.has(call.effect) || isUnboxed || facts.isLasting === true;
  const others = taints.filter((source) => facts.server === undefined || source !== `mcp ${facts.server}`);
  const tainted = isTouched ? others.map((source): Cause => ({ type: "taint", source })) : [];
  const leaving = (facts.rehydrates ?? []).map((source): Cause => ({ type: "rehydration", source }));
  const shown = facts.isUnredacted === true ? [{ type: "image" as const, source: facts.picture ?? "a picture" }] : [];
  return [...tainted, ...leaving, ...shown, ...[secretCause(facts)].filter((cause) => cause !== undefined)];
}
