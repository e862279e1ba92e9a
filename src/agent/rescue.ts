import type { Block, ToolUseBlock } from "../protocol/values.ts";
import { innerCall } from "./inner-call.ts";
import { leakedCalls } from "./leaked-calls.ts";
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
  const before: Block[] = leaked.before === "" ? [] : [{ type: "text", text: leaked.before }];
  return [...content.slice(0, -1), ...before, ...calls];
}

function isCallable(block: ToolUseBlock, tools: ToolBook): boolean {
  const { name, arguments: values, unparsed } = innerCall(block);
  if (unparsed !== undefined) return false;
  const known = tools.find(name) === undefined ? tools.meant?.(name) : name;
  return known !== undefined && tools.parse(known, values).type === "parsed";
}
