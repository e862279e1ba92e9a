import { type Answer, argumentPieces, textPieces } from "./answer.ts";

/** A whole answer as server-sent events of the Anthropic Messages dialect: a sentence, then perhaps a call. */
export function messageStream(answer: Answer, number: number): string {
  const usage = { input_tokens: 900, output_tokens: 40 };
  const message = { id: `msg_${number}`, type: "message", role: "assistant", model: "scripted", content: [], usage };
  const texts = textPieces(answer).map((text) => ({ type: "text_delta", text }));
  const stopReason = answer.type === "call" ? "tool_use" : "end_turn";
  return [
    event("message_start", { message: { ...message, stop_reason: null, stop_sequence: null } }),
    event("ping", {}),
    ...block(0, { type: "text", text: "" }, texts),
    ...(answer.type === "call" ? callBlock(answer, number) : []),
    event("message_delta", { delta: { stop_reason: stopReason, stop_sequence: null }, usage }),
    event("message_stop", {}),
  ].join("");
}

function callBlock({ tool, path }: Extract<Answer, { type: "call" }>, number: number): string[] {
  const deltas = argumentPieces(path).map((partial_json) => ({ type: "input_json_delta", partial_json }));
  return block(1, { type: "tool_use", id: `toolu_${number}`, name: tool, input: {} }, deltas);
}

function block(index: number, start: object, deltas: readonly object[]): string[] {
  return [
    event("content_block_start", { index, content_block: start }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ];
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
