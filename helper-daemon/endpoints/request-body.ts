import type { MessageCreateParamsStreaming } from "@anthropic-ai/sdk/resources/messages";
import type { ModelRequest } from "../../src/agent/ports.ts";
import { keyOf, type LoadedImages, type LoadedRequest } from "./load-images.ts";
import type { Block } from "../../src/protocol/values.ts";
import { callName, imageStub, resultText } from "./wire-words.ts";

type Parameters = MessageCreateParamsStreaming;
type ContentBlock = Exclude<Parameters["messages"][number]["content"], string>[number];

/**
 * The body of a Messages request. The order of every key is fixed here, so equal parts of two requests are equal
 * bytes and a server's prefix cache holds. Sampling and thinking only where somebody asked, since newer models refuse
 * them, and behind everything that a cache looks at.
 */
export function requestBody(request: LoadedRequest): Parameters {
  const { model, maxTokens, system, tools, messages, images, inference = {} } = request;
  const { temperature, topP, thinkingTokens } = inference;
  return {
    model,
    max_tokens: maxTokens,
    ...(system === "" ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolBody) }),
    messages: messages.map(({ role, content }) => ({
      role,
      content: sayable(content).map((block) => blockBody(block, images)),
    })),
    stream: true,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(thinkingTokens === undefined ? {} : { thinking: { type: "enabled", budget_tokens: thinkingTokens } }),
  };
}

function toolBody({ name, description, input_schema }: ModelRequest["tools"][number]) {
  return { name, description, input_schema: input_schema as { type: "object" } };
}

/** Blank text is refused in this dialect, but other models say it, and what was said stays in the conversation. */
function sayable(content: readonly Block[]): readonly Block[] {
  const said = content.filter((block) => block.type !== "text" || block.text.trim() !== "");
  return said.length === 0 ? [{ type: "text", text: "(nothing)" }] : said;
}

function blockBody(block: Block, images: LoadedImages): ContentBlock {
  switch (block.type) {
    case "image": {
      const data = images.get(keyOf(block));
      if (data === undefined) return { type: "text", text: imageStub(block) };
      return { type: "image", source: { type: "base64", media_type: block.mediaType as "image/png", data } };
    }
    case "text":
      return { type: "text", text: block.text };
    case "thinking":
      // The type asks for a signature; servers without one sent the block that way and get it back so.
      return { type: "thinking", thinking: block.thinking, signature: block.signature } as ContentBlock;
    case "redacted_thinking":
      return { type: "redacted_thinking", data: block.data };
    case "tool_use":
      return { type: "tool_use", id: block.id, name: callName(block.name), input: block.input };
    case "tool_result": {
      const isError = block.is_error === true ? { is_error: true } : {};
      return { type: "tool_result", tool_use_id: block.tool_use_id, content: resultText(block), ...isError };
    }
  }
}
