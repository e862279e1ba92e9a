import type { Cause, Facts, Rule } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";
import type { Circumstances } from "./circumstances.ts";
import { isBeyond } from "./grant-offer.ts";
import { matches } from "./match.ts";

/** Whether a rule is a grant that holds now in this session and speaks about the call, whatever causes there are. */
export function isGranted(rule: Rule, call: ParsedCall, facts: Facts, around: Circumstances): boolean {
  const { grant } = rule;
  if (rule.layer !== "grant" || grant === undefined || rule.decision !== "execute") return false;
  if (grant.scope === "session" && grant.session !== around.session) return false;
  if (grant.expiresAt !== undefined && grant.expiresAt <= around.now) return false;
  return !isBeyond(rule, facts) && matches(rule, call, facts, around);
}

/** Causes that a grant does not answer for: such as its card did not show, and secret fields always. */
export function uncovered({ grant }: Rule, causes: readonly Cause[]): Cause[] {
  const covers = grant?.covers ?? [];
  return causes.filter(
    (cause) =>
      cause.type === "secure-field" ||
      !covers.some(({ type, source }) => type === cause.type && source === cause.source),
  );
}
