import type { Overrides, TurnOverrides } from "../../src/protocol/overrides.ts";
import { LoopdError } from "../../src/protocol/errors.ts";

/**
 * What a routine may do that a call adds or changes: never more than the turn of the call. @throws LoopdError `not-allowed`
 * where nothing of what it names is allowed to that turn.
 */
export function narrowed(parent: Overrides, wished: TurnOverrides): TurnOverrides {
  const { tools: allowed, denyTools: denied = [], env, approvals } = parent;
  const named = wished.tools ?? undefined;
  const tools = named === undefined ? allowed : named.filter((name) => allowed === undefined || allowed.includes(name));
  if (named !== undefined && named.length > 0 && tools?.length === 0) {
    throw new LoopdError(
      "not-allowed",
      `This turn may use none of ${named.join(", ")}, and so may no routine that it adds.`,
    );
  }
  const closed = [...new Set([...denied, ...(wished.denyTools ?? [])])];
  return {
    ...wished,
    ...(tools === undefined ? {} : { tools }),
    ...(closed.length === 0 ? {} : { denyTools: closed }),
    ...(env === undefined ? {} : { env }),
    ...(approvals === "deny" ? { approvals } : {}),
    ...least("maxSteps", parent, wished),
    ...least("maxTokens", parent, wished),
    ...least("maxCostUsd", parent, wished),
    ...least("maxTurnMs", parent, wished),
  };
}

function least(key: "maxSteps" | "maxTokens" | "maxCostUsd" | "maxTurnMs", parent: Overrides, wished: TurnOverrides) {
  const numbers = [parent[key], wished[key]].flatMap((number) => number ?? []);
  return numbers.length === 0 ? {} : { [key]: Math.min(...numbers) };
}
