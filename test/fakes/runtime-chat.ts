import type { ServerResponse } from "node:http";
import { answerJson, type Route, type SeenRequest } from "./runtime-server.ts";

/** How a model of an imitated runtime behaves. */
export interface ModelManners {
  /** Tokens that fit; more are refused. */
  window: number;
  /** What happens beyond it. */
  full: "refuses" | "drops";
  toolChoice: "honours" | "ignores";
  calls: number;
  sees: boolean;
  /** Tokens read again from a cache; undefined: it reports none. */
  cached: number | undefined;
  thinks: "signed" | "tags" | "field" | "not";
}

/** A model that can do everything. */
export const ableModel: ModelManners = {
  ...{ window: 1_000_000, full: "refuses", toolChoice: "honours", calls: 2, sees: true, cached: 500, thinks: "signed" },
};

const WORDS = ["one", " two", " three", " four", " five"];

interface Body {
  stream?: boolean;
  tools?: object[];
  tool_choice?: object;
  messages: { content: unknown }[];
}

/** `/v1/messages` and its counting. */
export function messagesRoutes(manners: ModelManners): Record<string, Route> {
  return {
    "/v1/messages/count_tokens": ({ body }: SeenRequest, response: ServerResponse) =>
      answerJson(response, { input_tokens: Math.ceil(body.length / 4) }),
    "/v1/messages": ({ body: text }: SeenRequest, response: ServerResponse) => {
      const body = JSON.parse(text) as Body;
      const tokens = tokensOf(text);
      if (tokens > manners.window && manners.full === "refuses")
        return answerJson(
          response,
          { type: "error", error: { type: "invalid_request_error", message: "prompt is too long" } },
          400,
        );
      const usage = {
        input_tokens: Math.max(0, Math.min(tokens, manners.window) - (manners.cached ?? 0)),
        output_tokens: 9,
        cache_read_input_tokens: manners.cached,
      };
      if (body.stream === true) {
        const head = { role: "assistant", content: [], usage: { ...usage, cache_read_input_tokens: 0 } };
        const deltas = WORDS.map((part) => ({
          type: "content_block_delta",
          index: 0,
          delta: { type: "text_delta", text: part },
        }));
        return void stream(response, [
          { type: "message_start", message: head },
          { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
          ...deltas,
          { type: "content_block_stop", index: 0 },
          { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
          { type: "message_stop" },
        ]);
      }
      const blocks = callsOf(body, manners).map((name) => ({ type: "tool_use", id: "t", name, input: { about: "x" } }));
      const thought = manners.thinks === "signed" ? [{ type: "thinking", thinking: "hm", signature: "s" }] : [];
      answerJson(response, {
        type: "message",
        content: [...thought, { type: "text", text: wordsOf(body, manners) }, ...blocks],
        usage,
      });
    },
  };
}

/** `/v1/chat/completions`. */
export function completionsRoutes(manners: ModelManners): Record<string, Route> {
  return {
    "/v1/chat/completions": ({ body: text }: SeenRequest, response: ServerResponse) => {
      const body = JSON.parse(text) as Body;
      const tokens = tokensOf(text);
      if (tokens > manners.window && manners.full === "refuses")
        return answerJson(
          response,
          { error: { message: "This model's maximum context length is less", code: "context_length_exceeded" } },
          400,
        );
      const details = manners.cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: manners.cached } };
      const usage = { prompt_tokens: Math.min(tokens, manners.window), completion_tokens: 9, ...details };
      if (body.stream === true) {
        const deltas = WORDS.map((part) => ({
          choices: [{ index: 0, delta: { content: part } }],
        }));
        return void stream(response, [
          ...deltas,
          { choices: [], usage: { ...usage, prompt_tokens_details: undefined } },
        ]);
      }
      const calls = callsOf(body, manners).map((name) => ({
        id: "t",
        type: "function",
        function: { name, arguments: "{}" },
      }));
      const reasoning = manners.thinks === "field" ? { reasoning_content: "hm" } : {};
      const message = {
        role: "assistant",
        content: wordsOf(body, manners),
        ...reasoning,
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
      };
      answerJson(response, { choices: [{ index: 0, message, finish_reason: "stop" }], usage });
    },
  };
}

function callsOf({ tools = [], tool_choice: choice }: Body, { toolChoice, calls }: ModelManners): string[] {
  if (tools.length === 0) return [];
  if (choice === undefined) return Array.from({ length: calls }, () => "weather");
  return toolChoice === "honours" ? ["capital_city"] : [];
}

function wordsOf({ messages }: Body, { sees, thinks }: ModelManners): string {
  const hasImage = JSON.stringify(messages).includes("image");
  const words = hasImage ? (sees ? "Red." : "I cannot see.") : "ready";
  return thinks === "tags" ? `<think>hm</think>${words}` : words;
}

/** About what a tokenizer makes of words and numbers. */
function tokensOf(text: string): number {
  return (text.match(/\d+|[a-z]+/gi) ?? []).length;
}

/** Writes events one after the other, a moment apart, as a model does. */
async function stream(response: ServerResponse, events: object[]): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
    await new Promise((done) => setTimeout(done, 3));
  }
  response.end("data: [DONE]\n\n");
}
