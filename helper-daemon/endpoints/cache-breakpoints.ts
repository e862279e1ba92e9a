import type { MessageCreateParamsStreaming } from "@anthropic-ai/sdk/resources/messages";

type Body = MessageCreateParamsStreaming;
type BodyMessage = Body["messages"][number];

const EPHEMERAL = { cache_control: { type: "ephemeral" as const } };

/**
 * A Messages request with the places marked up to which a service keeps what it has read: system text with the tools before
 * it, what the last request ended with, and the end. Three of the four that a request may have. The marks are no part of
 * the prompt.
 */
export function withBreakpoints(body: Body): Body {
  const { system, tools, messages } = body;
  const answer = messages.findLastIndex(({ role }) => role === "assistant");
  const ends = new Set([markable(messages, answer - 1), markable(messages, messages.length - 1)]);
  const [last] = tools?.slice(-1) ?? [];
  const isToolMarked = system === undefined && tools !== undefined && last !== undefined;
  return {
    ...body,
    ...(typeof system === "string" ? { system: [{ type: "text", text: system, ...EPHEMERAL }] } : {}),
    ...(isToolMarked ? { tools: [...tools.slice(0, -1), { ...last, ...EPHEMERAL }] } : {}),
    messages: messages.map((message, index) => (ends.has(index) ? marked(message) : message)),
  };
}

/** The nearest message from there on backwards that has a block which can be marked. */
function markable(messages: readonly BodyMessage[], from: number): number {
  return messages.findLastIndex(({ content }, index) => index <= from && markPlace(content) !== -1);
}

function marked(message: BodyMessage): BodyMessage {
  const { content } = message;
  if (typeof content === "string") return message;
  const place = markPlace(content);
  const blocks = content.map((block, index) => (index === place ? { ...block, ...EPHEMERAL } : block));
  return { ...message, content: blocks } as BodyMessage;
}

/** Thinking cannot be marked. */
function markPlace(content: BodyMessage["content"]): number {
  if (typeof content === "string") return -1;
  return content.findLastIndex(({ type }) => type !== "thinking" && type !== "redacted_thinking");
}
