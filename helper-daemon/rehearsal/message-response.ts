import { REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { MessagesRequest } from "./messages-request.ts";
import type { Reply } from "./rehearse.ts";

/** A reply as a message of the dialect. */
export interface MessageResponse {
  id: string;
  type: "message";
  role: "assistant";
  model: string;
  content: Content[];
  stop_reason: "end_turn" | "tool_use" | "max_tokens";
  stop_sequence: null;
  usage: { input_tokens: number; output_tokens: number };
}

type Content =
  { type: "text"; text: string } | { type: "tool_use"; id: string; name: string; input: { [key: string]: unknown } };

const BYTES_PER_TOKEN = 3.5;
const DELTA_CHARACTERS = 48;

/** Estimated tokens of a request: those of its system text, tools and messages. */
export function inputTokens({ system, tools, messages }: MessagesRequest): number {
  return tokensOf(JSON.stringify([system, tools, messages]));
}

/** Puts a reply into a message, cut where `max_tokens` ends it. */
export function messageResponse(request: MessagesRequest, reply: Reply): MessageResponse {
  const { content, isCut } = contentOf(reply, request.max_tokens);
  return {
    id: "msg_rehearsal",
    type: "message",
    role: "assistant",
    model: REHEARSAL_ENDPOINT,
    content: [content],
    stop_reason: isCut ? "max_tokens" : content.type === "tool_use" ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: { input_tokens: inputTokens(request), output_tokens: tokensOf(JSON.stringify(content)) },
  };
}

function contentOf(reply: Reply, maxTokens: number): { content: Content; isCut: boolean } {
  if (reply.type === "call") return { content: { ...reply, type: "tool_use" }, isCut: false };
  const isCut = tokensOf(reply.text) > maxTokens;
  const text = isCut
    ? Buffer.from(reply.text).toString("utf8", 0, Math.floor(maxTokens * BYTES_PER_TOKEN))
    : reply.text;
  return { content: { type: "text", text: text.replace(/\ufffd+$/, "") }, isCut };
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** The same message as the server-sent events of a stream, text and arguments in several deltas. */
export function* messageStream(message: MessageResponse): Generator<string> {
  const { content, stop_reason, stop_sequence, usage } = message;
  const started = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 0 } };
  yield event({ type: "message_start", message: started });
  for (const [index, block] of content.entries()) {
    const isText = block.type === "text";
    yield event({
      type: "content_block_start",
      index,
      content_block: isText ? { ...block, text: "" } : { ...block, input: {} },
    });
    for (const piece of pieces(isText ? block.text : JSON.stringify(block.input))) {
      const delta = isText ? { type: "text_delta", text: piece } : { type: "input_json_delta", partial_json: piece };
      yield event({ type: "content_block_delta", index, delta });
    }
    yield event({ type: "content_block_stop", index });
  }
  yield event({
    type: "message_delta",
    delta: { stop_reason, stop_sequence },
    usage: { output_tokens: usage.output_tokens },
  });
  yield event({ type: "message_stop" });
}

function event(data: { type: string; [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function pieces(text: string): string[] {
  return text.match(new RegExp(`.{1,${DELTA_CHARACTERS}}`, "gsu")) ?? [];
}
