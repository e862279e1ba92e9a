/** A piece of what a model said. */
export interface SaidPiece {
  channel: "text" | "reasoning";
  text: string;
}

const OPENING = "<think>";
const CLOSING = "</think>";
/** So much blank space in front of a tag is no beginning any more. */
const MOST_HELD = 1_000;

/** Tells thinking from answer in text that comes in pieces. */
export interface ThinkTags {
  /** What is certain after one more piece. */
  feed(text: string): SaidPiece[];
  /** What was still held back when the text ended. */
  end(): SaidPiece[];
}

/**
 * Servers that do not know a model's thinking leave it in the text, between `<think>` and `</think>` at its very
 * beginning. Anywhere else the tags are words like others.
 */
export function createThinkTags(): ThinkTags {
  let place: "beginning" | "thinking" | "between" | "answer" = "beginning";
  let held = "";

  function step(): SaidPiece[] {
    if (place === "beginning") {
      const begun = held.trimStart();
      if (held.length < MOST_HELD && begun.length < OPENING.length && OPENING.startsWith(begun)) return [];
      place = begun.startsWith(OPENING) ? "thinking" : "answer";
      if (place === "thinking") held = begun.slice(OPENING.length);
      return step();
    }
    if (place === "thinking") {
      const end = held.indexOf(CLOSING);
      if (end === -1) return take("reasoning", held.length - heldEnd(held));
      const thought = take("reasoning", end);
      held = held.slice(CLOSING.length);
      place = "between";
      return [...thought, ...step()];
    }
    if (place === "between") {
      held = held.trimStart();
      if (held === "") return [];
      place = "answer";
    }
    return take("text", held.length);
  }

  function take(channel: SaidPiece["channel"], length: number): SaidPiece[] {
    const text = held.slice(0, length);
    held = held.slice(length);
    return text === "" ? [] : [{ channel, text }];
  }

  return {
    feed(text) {
      held += text;
      return step();
    },
    end() {
      return take(place === "thinking" ? "reasoning" : "text", held.length);
    },
  };
}

/** How many characters at the end may be the beginning of the closing tag. */
function heldEnd(text: string): number {
  for (let length = Math.min(CLOSING.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(CLOSING.slice(0, length))) return length;
  }
  return 0;
}
