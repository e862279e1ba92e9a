import { requestBytes } from "../../src/agent/context/render.ts";
import type { ModelReply, ModelRequest, Ports, Warning } from "../../src/agent/ports.ts";
import { type EndpointProfile, REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { Message } from "../../src/protocol/values.ts";
import type { CapabilityFile } from "./capabilities.ts";
import { type CountHistory, judgeCount } from "./dropped-messages.ts";
import { droppedWarning, smallerWarning } from "./window-warnings.ts";
import type { WindowLooks } from "./window-looks.ts";

/** Where what is learnt is kept. */
export interface LearningOptions {
  profileOf(name: string): EndpointProfile | undefined;
  capabilities: Pick<CapabilityFile, "of" | "note" | "learn" | "counting">;
  looks: Pick<WindowLooks, "answered">;
}

/** Beyond that share of thinking, a count says little about text. */
const MOST_THINKING = 0.1;
const MAX_CONVERSATIONS = 500;

/**
 * A way to models that learns from what comes back: how to count a model's tokens, how large its window really is, and
 * whether messages are dropped in silence. What a person should know of it goes along with the reply.
 */
export function learningFromReplies(model: Ports["model"], options: LearningOptions): Ports["model"] {
  const { profileOf, capabilities, looks } = options;
  const histories = new Map<string, CountHistory>();

  const observe = ({ endpoint, model: name }: ModelRequest, profile: EndpointProfile, tokens: number, source: string) =>
    capabilities.note(
      endpoint,
      { url: profile.url, model: name },
      { observedWindow: { value: tokens, source, at: new Date().toISOString() } },
    );

  function judge(request: ModelRequest, size: Size, tokens: number, profile: EndpointProfile): Warning[] {
    const { endpoint, model: name, epoch } = request;
    const isText = !size.hasImages && size.thinkingBytes <= MOST_THINKING * size.bytes;
    if (size.hasImages || epoch === undefined) {
      if (isText) capabilities.learn(endpoint, name, size.bytes, tokens);
      return [];
    }
    const factor = capabilities.counting(endpoint).find((one) => one.model === name)?.factor ?? 1;
    const verdict = judgeCount({ ...size, tokens, factor }, histories.get(epoch));
    histories.delete(epoch);
    if (verdict.history !== undefined) histories.set(epoch, verdict.history);
    const [oldest] = histories.keys();
    if (histories.size > MAX_CONVERSATIONS && oldest !== undefined) histories.delete(oldest);
    if (verdict.type === "whole" && isText) capabilities.learn(endpoint, name, size.bytes, tokens);
    if (verdict.type !== "dropped") return [];
    observe(request, profile, verdict.window, "its count of a request that was larger");
    return [droppedWarning(request, { reported: tokens, expected: verdict.history.tokens, window: verdict.window })];
  }

  function warningsOf(request: ModelRequest, size: Size, reply: Extract<ModelReply, { type: "responded" }>): Warning[] {
    const profile = profileOf(request.endpoint);
    if (profile === undefined) return [];
    looks.answered(request);
    const place = { url: profile.url, model: request.model };
    const { reachable, loadedWindow } = capabilities.of(request.endpoint, place);
    // It has answered since.
    if (reachable?.value === false) capabilities.note(request.endpoint, place, { reachable: undefined });
    const loaded = loadedWindow?.value;
    const { window: declared } = profile;
    const isSmaller = typeof loaded === "number" && declared !== undefined && loaded < declared;
    const smaller = isSmaller ? [smallerWarning(request, { loaded, declared })] : [];
    return [...smaller, ...(reply.usage === undefined ? [] : judge(request, size, reply.usage.inputTokens, profile))];
  }

  return async (request, signal, tell) => {
    if (request.endpoint === REHEARSAL_ENDPOINT) return model(request, signal, tell);
    const answering = model(request, signal, tell);
    // While the server works, not while the loop waits.
    const size = sizeOf(request);
    const reply = await answering;
    const profile = profileOf(request.endpoint);
    if (reply.type === "failed" && reply.window !== undefined && profile !== undefined)
      observe(request, profile, reply.window, "its error");
    if (reply.type !== "responded") return reply;
    const warnings = warningsOf(request, size, reply);
    return warnings.length === 0 ? reply : { ...reply, warnings };
  };
}

/** A request's text in canonical UTF-8 bytes, its thinking apart. */
interface Size {
  bytes: number;
  headBytes: number;
  thinkingBytes: number;
  hasImages: boolean;
}

function sizeOf(request: ModelRequest): Size {
  const { messages } = request;
  const thinkingBytes = messages.reduce((sum, message) => sum + thinkingIn(message), 0);
  return {
    bytes: requestBytes(request) - thinkingBytes,
    headBytes: requestBytes({ ...request, messages: [] }),
    thinkingBytes,
    hasImages: messages.some(({ content }) => content.some(({ type }) => type === "image")),
  };
}

const thinkingSizes = new WeakMap<Message, number>();

/** Counted once for each message. */
function thinkingIn(message: Message): number {
  const known = thinkingSizes.get(message);
  if (known !== undefined) return known;
  const thoughts = message.content.filter(({ type }) => type === "thinking" || type === "redacted_thinking");
  const bytes = thoughts.reduce((sum, block) => sum + Buffer.byteLength(JSON.stringify(block)), 0);
  thinkingSizes.set(message, bytes);
  return bytes;
}
