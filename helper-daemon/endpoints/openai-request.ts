import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { Block, Message } from "../../src/protocol/values.ts";
import { keyOf, type LoadedImages, type LoadedRequest } from "./load-images.ts";
import type { Manners } from "./manners.ts";
import { callName, imageStub, resultText } from "./wire-words.ts";

type Parameters = ChatCompletionCreateParamsStreaming;
type UserContent = Extract<ChatCompletionMessageParam, { role: "user" }>["content"];
type Part = Exclude<UserContent, string>[number];

/**
 * The body of a chat completion. The order of every key is fixed here and each message is written for itself, so equal
 * parts of two requests are equal bytes and a server's prefix cache holds. Sampling and thinking only where somebody
 * asked, behind everything that a cache looks at.
 */
export function completionBody(request: LoadedRequest, manners: Manners): Parameters {
  const { model, maxTokens, system, tools, messages, images, inference = {} } = request;
  const { temperature, topP, thinkingTokens } = inference;
  const most = manners.has("max-completion-tokens") ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
  return {
    model,
    ...most,
    ...(tools.length === 0 ? {} : { tools: tools.map(toolBody) }),
    messages: [
      ...(system === "" ? [] : [{ role: "system" as const, content: system }]),
      ...messages.flatMap((message) => messageBodies(message, images)),
    ],
    stream: true,
    ...(manners.has("no-stream-options") ? {} : { stream_options: { include_usage: true } }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(thinkingTokens === undefined ? {} : { reasoning_effort: effortOf(thinkingTokens) }),
  };
}

function toolBody({ name, description, input_schema }: LoadedRequest["tools"][number]) {
  return { type: "function" as const, function: { name, description, parameters: input_schema } };
}

/** This dialect knows no number of tokens for thinking. */
function effortOf(thinkingTokens: number): "low" | "medium" | "high" {
  if (thinkingTokens < 4_096) return "low";
  return thinkingTokens < 16_384 ? "medium" : "high";
}

function messageBodies({ role, content }: Message, images: LoadedImages): ChatCompletionMessageParam[] {
  return role === "assistant" ? [assistantBody(content)] : userBodies(content, images);
}

/** Thinking stays behind: in this dialect nobody signs it, and servers refuse or drop what they did not ask for. */
function assistantBody(content: readonly Block[]): ChatCompletionMessageParam {
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const calls = content.flatMap((block) => (block.type === "tool_use" ? [callBody(block)] : []));
  // Never null or absent: templates print the one as a word and stumble over the other.
  return { role: "assistant", content: texts.join("\n\n"), ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

function callBody({ id, name, input }: Extract<Block, { type: "tool_use" }>) {
  return { id, type: "function" as const, function: { name: callName(name), arguments: JSON.stringify(input) } };
}

/** Each result is a message of its own, right behind its calls; the rest of the message follows all of them. */
function userBodies(content: readonly Block[], images: LoadedImages): ChatCompletionMessageParam[] {
  const results = content.flatMap((block): ChatCompletionMessageParam[] =>
    block.type === "tool_result" ? [{ role: "tool", tool_call_id: block.tool_use_id, content: resultText(block) }] : [],
  );
  const parts = content.flatMap((block) => partBodies(block, images));
  return parts.length === 0 ? results : [...results, { role: "user", content: plainWhereText(parts) }];
}

function partBodies(block: Block, images: LoadedImages): Part[] {
  if (block.type === "text") return [{ type: "text", text: block.text }];
  if (block.type !== "image") return [];
  const data = images.get(keyOf(block));
  if (data === undefined) return [{ type: "text", text: imageStub(block) }];
  return [{ type: "image_url", image_url: { url: `data:${block.mediaType};base64,${data}` } }];
}

/** Many servers of this dialect only take a list where there is an image. */
function plainWhereText(parts: Part[]): UserContent {
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts.length === parts.length ? texts.join("\n\n") : parts;
}
