import type { Block } from "../../src/protocol/values.ts";

const ERROR = "ERROR:";
const MAX_NAME_CHARACTERS = 128;

/** A result's text. Several servers drop what says that it is an error, so the text itself begins with it. */
export function resultText({ content, is_error }: Extract<Block, { type: "tool_result" }>): string {
  return is_error === true && !content.startsWith(ERROR) ? `${ERROR} ${content}` : content;
}

/** Stands for an image that cannot be sent. The same words each time, so that the prefix holds. */
export function imageStub({ mediaType }: Extract<Block, { type: "image" }>): string {
  return `[an image (${mediaType}) that cannot be shown]`;
}

/**
 * The name of a past call. A model may have made up one that servers refuse in every request from then on, so what no
 * tool can be called is replaced.
 */
export function callName(name: string): string {
  const sound = name.replace(/[^\w-]/g, "_").slice(0, MAX_NAME_CHARACTERS);
  return sound === "" ? "unnamed" : sound;
}
