/** What the scripted model says next. */
export type Answer = { type: "call"; tool: string; path: string } | { type: "text"; text: string };

const BEFORE_A_CALL = "I will read the file and then go on.";
/** About three tokens, so that an answer arrives in as many events as a real one of its length. */
const PIECE = /[^]{1,12}/gu;

/** The text of an answer in the pieces in which it is streamed. */
export function textPieces(answer: Answer): readonly string[] {
  return (answer.type === "call" ? BEFORE_A_CALL : answer.text).match(PIECE) ?? [];
}

/** The arguments of a call, as JSON, in the pieces in which they are streamed. */
export function argumentPieces(path: string): readonly string[] {
  return JSON.stringify({ path }).match(PIECE) ?? [];
}
