import { LEAST_FACTOR, MOST_FACTOR } from "./token-factor.ts";

/** A request that extends the last one of its conversation, and how many tokens the server says it was. */
export interface CountedRequest {
  /** UTF-8 bytes of canonical text, thinking left out. */
  bytes: number;
  /** How many of them are system text and tools. */
  headBytes: number;
  /** Bytes of thinking: servers count them or leave them out, and change that from turn to turn. */
  thinkingBytes: number;
  /** As reported. */
  tokens: number;
  /** Tokens for each 3.5 bytes, as it was learnt of the model; 1 where nothing was. */
  factor: number;
}

/** What is known of the counts of a conversation. Made anew with each count. */
export interface CountHistory {
  /** Bytes of the last request. */
  bytes: number;
  /** Tokens that it must have had, whatever the server said of it. */
  tokens: number;
  /** Tokens of text for each 3.5 bytes, as the last count that can be true had it. */
  ratio: number;
  /** The largest count so far that can be true. */
  most: number;
  /** Counts that looked like dropped messages, but could have been something else. */
  doubts: number;
  /** The server counts only what it has not read before. */
  isFreshOnly: boolean;
}

/**
 * What a count says. `whole`: it can be the whole request. `dropped`: part of the conversation was left out, and the
 * window probably holds `window` tokens. `unclear`: anything else, such as a count of fresh tokens alone, or nonsense.
 */
export type CountVerdict =
  | { type: "whole"; history: CountHistory }
  | { type: "dropped"; history: CountHistory; window: number }
  | { type: "unclear"; history: CountHistory | undefined };

/** Tokens that templates add or leave out. */
const SLACK = 32;
/** So much more or less than estimated, a count can still be one of the same text. */
const TOLERANCE = 1.35;
/**
 * No runtime keeps less, and one that could not hold the prompt twice would end every turn: a server that always reports the
 * same small number does not count at all.
 */
const LEAST_WINDOW = 2_048;
/** No text is so much denser than the text around it. */
const CERTAIN = 3;

/**
 * Judges the count of a request by the one before it in its conversation. A request that grew must count more: no
 * tokenizer makes less than one token of ten bytes. Where it did not, messages were dropped, unless the server reports only
 * the tokens that it had not read before: that count is near to what was appended, or too small to hold even system text
 * and tools, which every server keeps.
 */
export function judgeCount(request: CountedRequest, before: CountHistory | undefined): CountVerdict {
  const { bytes, headBytes, thinkingBytes, tokens } = request;
  if (!Number.isSafeInteger(tokens) || tokens <= 0) return { type: "unclear", history: before };
  const ratio = Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, tokens / (bytes / 3.5)));
  if (before === undefined) {
    const isPossible = tokens >= LEAST_FACTOR * (headBytes / 3.5) && tokens <= MOST_FACTOR * 2 * (bytes / 3.5);
    if (!isPossible) return { type: "unclear", history: undefined };
    const history = { bytes, tokens, ratio, most: tokens, doubts: 0, isFreshOnly: false };
    return { type: "whole", history };
  }
  const appended = Math.max(0, bytes - before.bytes) / 3.5;
  const least = before.tokens + LEAST_FACTOR * appended;
  const slack = SLACK + (thinkingBytes / 3.5) * Math.max(1, before.ratio);
  // What it should have been at least goes on growing, so that a count that stands still is noticed in the end.
  if (tokens >= least) {
    const history = { ...before, bytes, tokens, ratio, most: Math.max(before.most, tokens) };
    return { type: "whole", history };
  }
  const expected = { ...before, bytes, tokens: least };
  if (tokens >= least - slack) return { type: "whole", history: expected };
  const estimate = Math.max(before.ratio, request.factor) * appended;
  const should = { ...before, bytes, tokens: before.tokens + estimate };
  if (tokens < 0.7 * before.ratio * (headBytes / 3.5))
    return { type: "unclear", history: { ...should, isFreshOnly: true } };
  const isNear = tokens <= TOLERANCE * estimate + SLACK;
  const isFreshOnly = before.isFreshOnly || (isNear && tokens < 0.75 * least);
  if (before.isFreshOnly || isNear) return { type: "unclear", history: { ...should, isFreshOnly } };
  const doubts = before.doubts + 1;
  if (tokens <= CERTAIN * estimate && doubts < 2) return { type: "unclear", history: { ...should, doubts } };
  const window = Math.max(before.most, tokens);
  const isUsable = window >= LEAST_WINDOW && window > 2.1 * before.ratio * (headBytes / 3.5);
  if (!isUsable) return { type: "unclear", history: { ...should, doubts } };
  return { type: "dropped", history: { ...should, doubts }, window };
}
