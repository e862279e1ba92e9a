import type { Overrides } from "../../protocol/entries.ts";
import type { Limits } from "../../protocol/config.ts";
import type { Allowance } from "../allowance.ts";

/** Name of the tool that delegates; what it starts may not delegate in turn. */
export const DELEGATE = "delegate";

/** Model requests of a delegate that asks for no number. */
const USUAL_STEPS = 10;

/** How the model that delegates narrows the work; it has no say in anything else. */
export interface Wish {
  tools?: readonly string[];
  maxSteps?: number;
  maxTokens?: number;
}

/** What a delegate works under, or the words in which its model reads why there can be none. */
export type Tightened = { type: "tightened"; overrides: Overrides } | { type: "refused"; words: string };

/**
 * What a delegate may do, from what the turn may that delegates: never more. Tools are those of both, what is forbidden
 * stays so, and delegating is too; the environment that rules ask for is the same. A person's `--yes` was said of that turn
 * alone, and so was the shape of its answer: neither is passed on. Whatever else restricts the turn restricts the
 * delegate. Its budget is part of what is left of the turn's.
 */
export function tighten(
  { yes: _yes, schema: _schema, validators: _validators, ...parent }: Overrides,
  limits: Pick<Limits, "maxSteps">,
  wish: Wish,
  allowance: Allowance,
): Tightened {
  if (allowance.spent !== undefined) {
    const words = `This turn has used its ${allowance.spent}, so nothing is left for a delegate. Answer from what you know.`;
    return { type: "refused", words };
  }
  const tools = toolsOf(parent, wish.tools);
  if (wish.tools !== undefined && wish.tools.length > 0 && tools?.length === 0) {
    const words = `A delegate may use only what this turn may use itself, and of ${wish.tools.join(", ")} it may use none.`;
    return { type: "refused", words };
  }
  const overrides: Overrides = {
    ...parent,
    tools,
    denyTools: [...new Set([...(parent.denyTools ?? []), DELEGATE])],
    maxSteps: Math.min(wish.maxSteps ?? USUAL_STEPS, parent.maxSteps ?? limits.maxSteps),
    maxTokens: least(wish.maxTokens ?? allowance.tokens?.share, allowance.tokens?.left),
    maxCostUsd: allowance.costUsd?.share,
    maxTurnMs: allowance.wallMs,
  };
  return { type: "tightened", overrides };
}

/** Undefined where neither says anything: all tools, but for those that are forbidden. */
function toolsOf({ tools, denyTools }: Overrides, wished: readonly string[] | undefined): string[] | undefined {
  const chosen = wished === undefined ? tools : wished.filter((name) => tools === undefined || tools.includes(name));
  if (chosen === undefined) return undefined;
  const isOpen = (name: string) => name !== DELEGATE && denyTools?.includes(name) !== true;
  return [...new Set(chosen)].filter(isOpen);
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
