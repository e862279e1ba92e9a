import type { Tell } from "../../src/agent/ports.ts";
import type { Block, Usage } from "../../src/protocol/values.ts";
import type { ReplyBuilder } from "./dialect.ts";
import { createCallPieces } from "./openai-calls.ts";
import { type CompletionUsage, parseChunk, type Said } from "./openai-chunk.ts";
import { isCutOff } from "./parse-arguments.ts";
import { BadStatus } from "./bad-status.ts";
import { createThinkTags, type SaidPiece } from "./think-tags.ts";

/** The dialect's words for how an answer ended, in those of the trace. Others stay as they are. */
const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  function_call: "tool_use",
  content_filter: "refusal",
};
/** Ends that are none, because the server gave up, by the status it would have answered with before it began. */
const FAULTS: Readonly<Record<string, number>> = { error: 500, abort: 500, insufficient_system_resource: 529 };

/** Builds a reply from one answer in the chat completions dialect, and tells text and reasoning as they come. */
export function createCompletionBuilder(tell: Tell): ReplyBuilder {
  const blocks: Block[] = [];
  const calls = createCallPieces();
  const tags = createThinkTags();
  let usage: Usage | undefined;
  let finishReason: string | undefined;
  let isDone = false;
  let isRefusal = false;
  let hasNullContent = false;

  function say({ channel, text }: SaidPiece): void {
    if (text === "") return;
    tell({ channel, text });
    const last = blocks.at(-1);
    if (channel === "text" && last?.type === "text") last.text += text;
    else if (channel === "reasoning" && last?.type === "thinking") last.thinking += text;
    else blocks.push(channel === "text" ? { type: "text", text } : { type: "thinking", thinking: text });
  }

  function take(said: Said): void {
    // Some servers name the same thoughts twice.
    const thought = [said.reasoning_content, said.reasoning].find((one) => typeof one === "string" && one !== "");
    if (typeof thought === "string") say({ channel: "reasoning", text: thought });
    for (const piece of piecesOf(said.content)) {
      if (piece.channel === "reasoning") say(piece);
      else tags.feed(piece.text).forEach(say);
    }
    if (typeof said.refusal === "string" && said.refusal !== "") {
      isRefusal = true;
      tags.feed(said.refusal).forEach(say);
    }
    for (const part of said.tool_calls ?? []) calls.add(part);
    if (said.function_call) calls.add({ function: said.function_call });
  }

  /** What the chunk's first choice says. */
  function read(value: unknown): Said | undefined {
    const chunk = parseChunk(value);
    usage = usageOf(chunk.usage) ?? usage;
    const choice = chunk.choices?.find(({ index }) => (index ?? 0) === 0);
    const said = choice?.delta ?? choice?.message ?? undefined;
    if (said !== undefined) take(said);
    const reason = choice?.finish_reason ?? "";
    const fault = FAULTS[reason];
    if (fault !== undefined) throw new BadStatus(fault, `the answer ended with "${reason}"`, { get: () => null });
    if (reason !== "") finishReason = reason;
    return said;
  }

  return {
    add: (value) => void read(value),
    addWhole(value) {
      if (!Array.isArray((value as { choices?: unknown } | null)?.choices)) return false;
      const said = read(value);
      hasNullContent = said?.content === null;
      isDone = said !== undefined;
      return isDone;
    },
    done() {
      isDone = true;
    },
    isComplete: () => isDone || finishReason !== undefined,
    finish() {
      tags.end().forEach(say);
      const stopReason = isRefusal ? "refusal" : STOP_REASONS[finishReason ?? ""];
      const content = [...blocks, ...calls.finish(finishReason === undefined || isCutOff(finishReason))];
      if (content.length === 0 && hasNullContent && stopReason === "end_turn") return undefined;
      const usual = content.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn";
      const counted = usage === undefined ? {} : { usage };
      return { type: "responded", content, stopReason: stopReason ?? finishReason ?? usual, ...counted };
    },
  };
}

/** Text and thinking of a content that may be a list of parts. */
function piecesOf(content: Said["content"]): SaidPiece[] {
  if (typeof content === "string") return [{ channel: "text", text: content }];
  return (content ?? []).flatMap((part): SaidPiece[] => {
    const { type, text, thinking } = part;
    if (type === "text" && typeof text === "string") return [{ channel: "text", text }];
    if (type !== "thinking") return [];
    const thoughts = Array.isArray(thinking) ? (thinking as unknown[]) : [thinking];
    return thoughts.flatMap((one): SaidPiece[] => {
      const thought = typeof one === "string" ? one : (one as { text?: unknown } | null | undefined)?.text;
      return typeof thought === "string" ? [{ channel: "reasoning", text: thought }] : [];
    });
  });
}

/** The newest counts are the whole ones. `prompt_tokens` is the whole prompt, whether it was read from a cache or not. */
function usageOf(reported: CompletionUsage): Usage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = reported ?? {};
  if (typeof inputTokens !== "number" || typeof outputTokens !== "number") return undefined;
  // No prompt is nothing at all: a server that says so does not count, and a budget must not believe it.
  if (inputTokens === 0) return undefined;
  const cached = reported?.prompt_tokens_details?.cached_tokens ?? reported?.prompt_cache_hit_tokens;
  return { inputTokens, ...(typeof cached === "number" ? { cachedTokens: cached } : {}), outputTokens };
}
