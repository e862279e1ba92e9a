import type { Block, Message } from "../../protocol/values.ts";

/**
 * Where messages can be cut: the index of each response. A cut there parts no call from its result and no image from its
 * label, and leaves roles that take turns, which some servers insist on.
 */
export function cutsOf(messages: readonly Message[]): number[] {
  return messages.flatMap(({ role }, index) => (role === "assistant" ? [index] : []));
}

/** The texts of a message that holds nothing but somebody's words. */
export function wordsIn(message: Message | undefined): string[] {
  if (message?.role !== "user") return [];
  const isText = (block: Block) => block.type === "text";
  return message.content.every(isText) ? message.content.map((block) => (block.type === "text" ? block.text : "")) : [];
}

/** Whether a message asks for calls. */
export function hasCalls({ content }: Message): boolean {
  return content.some((block) => block.type === "tool_use");
}
