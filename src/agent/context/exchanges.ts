import type { Message } from "../../protocol/values.ts";

/**
 * Where messages can be cut: the index of each response. A cut there parts no call from its result and no image from its
 * label, and leaves roles that take turns, which some servers insist on.
 */
export function cutsOf(messages: readonly Message[]): number[] {
  return messages.flatMap(({ role }, index) => (role === "assistant" ? [index] : []));
}

/** The texts of a message that holds nothing but somebody's words, with or without images that were attached to them. */
export function wordsIn(message: Message | undefined): string[] {
  if (message?.role !== "user") return [];
  const { content } = message;
  const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const images = content.filter(({ type }) => type === "image").length;
  const isLabel = images > 0 && texts.length === 1;
  return texts.length + images === content.length && !isLabel ? texts : [];
}

/** Whether a message asks for calls. */
export function hasCalls({ content }: Message): boolean {
  return content.some((block) => block.type === "tool_use");
}
