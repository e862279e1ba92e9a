import type { Call, Conversation } from "./conversation.ts";
import type { Border } from "./tiny-model.ts";

/** A piece of a prompt: a border, which is one token that no text can spell, or text between two of them. */
export type Piece = { border: Border } | { text: string };

const border = (name: Border): Piece => ({ border: name });

/**
 * The prompt of a request, in the manner of the usual templates: system text and tools at the head, then the messages, each
 * ended by a token of its own, then the token with which the answer begins.
 */
export function promptOf(conversation: Conversation): Piece[] {
  const messages = conversation.turns.flatMap((turn): Piece[] => {
    if (turn.from === "assistant") return [border("<|assistant|>"), ...answerOf(turn), border("<|end|>")];
    const start = turn.from === "user" ? border("<|user|>") : border("<|result|>");
    return [start, { text: turn.text }, border("<|end|>")];
  });
  return [...headOf(conversation), ...messages, border("<|assistant|>")];
}

/** What precedes the messages. */
export function headOf({ system, tools }: Conversation): Piece[] {
  const listed = tools === "" ? [] : [border("<|tools|>"), { text: tools }];
  return [border("<|begin|>"), border("<|system|>"), { text: system }, ...listed, border("<|end|>")];
}

/** An answer as the model makes it, without the token that ends it. */
export function answerOf({ text, calls }: { text: string; calls: readonly Call[] }): Piece[] {
  return [{ text }, ...calls.flatMap((call): Piece[] => [border("<|call|>"), { text: callText(call) }])];
}

function callText({ name, input }: Call): string {
  return `{"name":${JSON.stringify(name)},"arguments":${input}}`;
}
