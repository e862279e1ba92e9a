import type { ModelWindow, Settings } from "../ports.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import type { Message } from "../../protocol/values.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { outputTokens } from "./output-tokens.ts";
import { bytesOf, render, requestBytes } from "./render.ts";

/** What a model makes of one image, whatever its size: the most that a usual one takes. */
const TOKENS_OF_IMAGE = 1_600;

/** What a request may hold. Tokens, all of them. */
export interface WindowLimits {
  /** Tokens per 3.5 bytes. */
  factor: number;
  /** What is left of the window without the response. */
  budget: number;
  /** From there on the conversation is made smaller, while it still fits. */
  trigger: number;
}

/** Where nobody has learnt how to count, a request may be far larger than it seems. */
const SHARE_OF_GUESS = 0.7;
const SHARE_OF_KNOWN = 0.95;

/** What the window of the turn's model lets a request hold; undefined where nobody knows of a window. */
export function windowLimits(turn: TurnState, settings: Settings): WindowLimits | undefined {
  const window = settings.windowOf?.(turn.endpoint, turn.model);
  if (window === undefined) return undefined;
  const budget = Math.max(0, window.tokens - outputTokens(turn, settings));
  return { factor: window.factor, budget, trigger: Math.floor(budget * shareOf(window)) };
}

function shareOf({ isCalibrated }: ModelWindow): number {
  return isCalibrated ? SHARE_OF_KNOWN : SHARE_OF_GUESS;
}

/** Estimated tokens of messages. */
export function messageTokens(messages: readonly Message[], factor: number): number {
  const bytes = messages.reduce((sum, message) => sum + bytesOf(message), 0);
  return estimateTokens(bytes, factor) + imageTokens(messages);
}

/** Estimated tokens of the request that would continue the session now. */
export function requestTokens(view: TurnView, settings: Settings, factor: number): number {
  const request = render(view, settings);
  return estimateTokens(requestBytes(request), factor) + imageTokens(request.messages);
}

function imageTokens(messages: readonly Message[]): number {
  const isImage = ({ type }: Message["content"][number]) => type === "image";
  return messages.reduce((sum, { content }) => sum + content.filter(isImage).length * TOKENS_OF_IMAGE, 0);
}
