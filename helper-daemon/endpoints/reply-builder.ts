import type { Tell } from "../../src/agent/ports.ts";
import type { Block, Usage } from "../../src/protocol/values.ts";
import type { ReplyBuilder } from "./dialect.ts";
import { isCutOff, receivedArguments } from "./parse-arguments.ts";
import {
  type BlockDelta,
  type BlockStart,
  parseBlockDelta,
  parseBlockStart,
  parseEvent,
  parseMessage,
  type ReportedUsage,
} from "./stream-event.ts";

/** A block under construction. Of a call, `argumentsText` is what the deltas brought, `givenInput` what came at once. */
interface OpenBlock {
  block?: Block;
  argumentsText: string;
  givenInput?: unknown;
}

/** Builds a reply from one answer in the Messages dialect, and tells text and reasoning as they come. */
export function createReplyBuilder(tell: Tell): ReplyBuilder {
  const blocks: OpenBlock[] = [];
  const byIndex = new Map<number, OpenBlock>();
  const newest = new Map<string, OpenBlock>();
  const usage = createUsageCounter();
  let stopReason: string | undefined;
  let isComplete = false;
  let hasNullContent = false;

  function say(channel: "text" | "reasoning", text: string): string {
    if (text !== "") tell({ channel, text });
    return text;
  }

  function begin(index: number, start: BlockStart | undefined): void {
    const open: OpenBlock = { argumentsText: "" };
    if (start?.type === "text") open.block = { type: "text", text: say("text", start.text ?? "") };
    else if (start?.type === "redacted_thinking") open.block = start;
    else if (start?.type === "thinking") {
      const { signature } = start;
      open.block = { type: "thinking", thinking: say("reasoning", start.thinking ?? "") };
      if (typeof signature === "string") open.block.signature = signature;
    } else if (start?.type === "tool_use") {
      open.block = { type: "tool_use", id: start.id ?? "", name: start.name, input: {} };
      open.givenInput = start.input;
    }
    blocks.push(open);
    byIndex.set(index, open);
    if (open.block !== undefined) newest.set(open.block.type, open);
  }

  function extend(index: number, delta: BlockDelta | undefined): void {
    const open = byIndex.get(index);
    if (open === undefined) throw new SyntaxError("a delta for a block that never began");
    const { block } = open;
    const isSaid = delta?.type === "text_delta" || delta?.type === "thinking_delta";
    // What was told cannot change its place any more.
    if (isSaid && block !== undefined && newest.get(block.type) !== open) {
      throw new SyntaxError("a delta for a block that another has followed");
    }
    if (delta?.type === "text_delta" && block?.type === "text") block.text += say("text", delta.text ?? "");
    else if (delta?.type === "input_json_delta") open.argumentsText += delta.partial_json ?? "";
    else if (block?.type === "thinking") {
      if (delta?.type === "thinking_delta") block.thinking += say("reasoning", delta.thinking ?? "");
      else if (delta?.type === "signature_delta") block.signature = (block.signature ?? "") + (delta.signature ?? "");
    }
  }

  return {
    add(value) {
      if (isComplete) return;
      const event = parseEvent(value);
      if (event?.type === "content_block_delta") extend(event.index, parseBlockDelta(event.delta));
      else if (event?.type === "content_block_start") begin(event.index, parseBlockStart(event.content_block));
      else if (event?.type === "message_stop") isComplete = true;
      else if (event?.type === "message_delta") {
        stopReason = event.delta?.stop_reason ?? stopReason;
        usage.count(event.usage);
      } else if (event?.type === "message_start") {
        hasNullContent = event.message.content === null;
        usage.count(event.message.usage);
      }
    },
    addWhole(value) {
      if ((value as { type?: unknown } | null)?.type !== "message") return false;
      const message = parseMessage(value);
      if (message === undefined) return false;
      hasNullContent = message.content === null;
      for (const [index, block] of (message.content ?? []).entries()) begin(index, parseBlockStart(block));
      stopReason = message.stop_reason ?? undefined;
      usage.count(message.usage);
      isComplete = true;
      return true;
    },
    done() {},
    isComplete: () => isComplete,
    finish() {
      const content = blocks.flatMap((open, index) =>
        sealed(open, isCutOff(stopReason) && index === blocks.length - 1),
      );
      if (content.length === 0 && hasNullContent) return undefined;
      const counted = usage.total();
      const reason = stopReason ?? (content.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn");
      return { type: "responded", content, stopReason: reason, ...(counted === undefined ? {} : { usage: counted }) };
    },
  };
}

/** A finished block. Servers reject an empty text block when it is sent back, so none is kept. */
function sealed({ block, argumentsText, givenInput }: OpenBlock, mayLackItsEnd: boolean): Block[] {
  if (block === undefined || (block.type === "text" && block.text === "")) return [];
  if (block.type !== "tool_use") return [block];
  return [{ ...block, ...receivedArguments(argumentsText, givenInput, mayLackItsEnd) }];
}

/** Adds up what a stream reports of its tokens. */
function createUsageCounter() {
  const counts: Record<string, number> = {};
  return {
    /** Counts are cumulative and some servers begin with 0, so the larger one is the later one. */
    count(reported: ReportedUsage): void {
      for (const [name, value] of Object.entries(reported ?? {})) {
        if (typeof value === "number") counts[name] = Math.max(counts[name] ?? 0, value);
      }
    },
    /** `inputTokens` is the whole prompt, whether it was read from a cache, written to one or neither. */
    total(): Usage | undefined {
      const { input_tokens: input, output_tokens: output, cache_read_input_tokens: read } = counts;
      if (input === undefined || output === undefined) return undefined;
      const inputTokens = input + (read ?? 0) + (counts["cache_creation_input_tokens"] ?? 0);
      // No prompt is nothing at all: a server that says so does not count, and a budget must not believe it.
      if (inputTokens === 0) return undefined;
      return { inputTokens, ...(read === undefined ? {} : { cachedTokens: read }), outputTokens: output };
    },
  };
}
