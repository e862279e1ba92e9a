import type { Block, ToolUseBlock } from "../protocol/values.ts";
import { innerCall } from "./inner-call.ts";
import { brokenCall, leakedCalls } from "./leaked-calls.ts";
import type { ToolBook } from "./ports.ts";

/**
 * The content of a response with the calls that leaked into its text as calls; undefined where there is nothing to rescue.
 * Only where the model made no real call, and only all of them or none: each must name a known tool and have arguments that
 * fit it. What comes of it needs a person, because the same words may be a quotation.
 */
export function rescued(content: readonly Block[], tools: ToolBook): Block[] | undefined {
  const last = content.at(-1);
  if (last?.type !== "text" || content.some((block) => block.type === "tool_use")) return undefined;
  const leaked = leakedCalls(last.text);
  if (leaked === undefined) return undefined;
  const calls = leaked.calls.map(({ name, input }): ToolUseBlock => ({ type: "tool_use", id: "", name, input }));
  if (!calls.every((call) => isCallable(call, tools))) return undefined;
  return withCalls(content, leaked.before, calls);
}

/**
 * The content of a response with a call in its text that cannot run as a call all the same, so that the loop tells the model
 * what was wrong instead of taking the raw words for an answer: its end is missing, or its arguments do not fit. Only one of
 * a known tool, behind the words that models are trained on. Undefined where there is none.
 */
export function correctable(content: readonly Block[], tools: ToolBook): Block[] | undefined {
  const last = content.at(-1);
  if (last?.type !== "text" || content.some((block) => block.type === "tool_use")) return undefined;
  const leaked = leakedCalls(last.text);
  if (leaked !== undefined) {
    const calls = leaked.calls.map(({ name, input }): ToolUseBlock => ({ type: "tool_use", id: "", name, input }));
    const isKnown = leaked.isMarked && calls.every((call) => knownName(innerCall(call).name, tools) !== undefined);
    const wrong = calls.find((call) => !isCallable(call, tools));
    return isKnown && wrong !== undefined ? withCalls(content, leaked.before, [wrong]) : undefined;
  }
  const broken = brokenCall(last.text);
  if (broken === undefined || knownName(broken.name, tools) === undefined) return undefined;
  const { before, name, written: unparsed } = broken;
  return withCalls(content, before, [{ type: "tool_use", id: "", name, input: {}, unparsed }]);
}

/** Calls in place of the text that ends with them. */
function withCalls(content: readonly Block[], before: string, calls: readonly Block[]): Block[] {
  return [...content.slice(0, -1), ...(before === "" ? [] : [{ type: "text" as const, text: before }]), ...calls];
}

function knownName(name: string, tools: ToolBook): string | undefined {
  return tools.find(name) === undefined ? tools.meant?.(name) : name;
}

function isCallable(block: ToolUseBlock, tools: ToolBook): boolean {
  const { name, arguments: values, unparsed } = innerCall(block);
  if (unparsed !== undefined) return false;
  const known = knownName(name, tools);
  return known !== undefined && tools.parse(known, values).type === "parsed";
}
