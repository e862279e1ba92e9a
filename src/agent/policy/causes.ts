import type { Cause, Effect, Facts } from "../../protocol/values.ts";

/** Effects that text from elsewhere must not bring about without a person. */
const CONSEQUENTIAL: ReadonlySet<Effect> = new Set(["write", "ui", "network", "schedule"]);

/**
 * Why a call needs a person although a rule would execute it. Text that nobody vouches for may have suggested whatever
 * leaves a mark: changes outside loopd, commands outside the sandbox, tools of a server that is not trusted, and notes
 * that later sessions read.
 */
export function causesOf(call: { effect: Effect }, facts: Facts, taints: readonly string[]): Cause[] {
  const isUnboxed = call.effect === "exec" && facts.isSandboxed !== true;
  const isTouched = CONSEQUENTIAL.has(call.effect) || isUnboxed || facts.isLasting === true;
  return isTouched ? taints.map((source) => ({ type: "taint", source })) : [];
}
