import type { ModelReply, Tell } from "../../src/agent/ports.ts";
import type { EndpointProfile, Limits } from "../../src/protocol/config.ts";
import { type AnthropicClient, anthropicClient } from "./anthropic-client.ts";
import {
  type Asked,
  badResponse,
  EndpointFailed,
  type EndpointFailure,
  mendingAdvice,
  stalled,
} from "./endpoint-failure.ts";
import { type IdleWatch, watchIdle } from "./idle-watch.ts";
import type { LoadedRequest } from "./load-images.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { createReplyBuilder } from "./reply-builder.ts";
import { requestBody } from "./request-body.ts";
import { quoted, serverWords } from "./server-words.ts";
import { failureOfStatus, failureOfStreamError } from "./status-failure.ts";

/** How one attempt ended. */
export type Attempt =
  Extract<ModelReply, { type: "responded" | "aborted" }> | { type: "failed"; failure: EndpointFailure };

/** How long a server may take to close a stream after it said that the message is complete. */
const CLOSING_MS = 1_000;
/** A reply has to fit into an entry, and an entry into a frame of the socket. */
const MAX_REPLY_BYTES = 3 * 1024 * 1024;

/**
 * Sends one request in the Anthropic Messages dialect and reads its stream to the end. One attempt: whoever calls
 * decides about another. Never throws for what a server or the network does.
 */
export async function send(
  request: LoadedRequest,
  profile: EndpointProfile,
  key: string | undefined,
  limits: Limits,
  signal: AbortSignal,
  tell: Tell,
): Promise<Attempt> {
  if (signal.aborted) return { type: "aborted" };
  const asked: Asked = { name: request.endpoint, url: profile.url, model: request.model };
  if (profile.auth !== "none" && key === undefined) return { type: "failed", failure: keyMissing(asked) };
  const client = await anthropicClient(profile, key);
  const watch = watchIdle(limits.streamIdleMs, signal);
  const progress = { hasBegun: false };
  try {
    return await exchange(client, request, { asked, key, watch, progress, tell });
  } catch (thrown) {
    const reason = watch.reason();
    if (reason === "aborted") return { type: "aborted" };
    if (reason === "idle") return { type: "failed", failure: stalled(asked, limits.streamIdleMs) };
    return { type: "failed", failure: failureOf(thrown, asked, key, progress.hasBegun) };
  } finally {
    watch.stop();
  }
}

interface Exchange {
  asked: Asked;
  /** Only to keep it out of messages. */
  key: string | undefined;
  watch: IdleWatch;
  progress: { hasBegun: boolean };
  tell: Tell;
}

async function exchange(
  client: AnthropicClient,
  request: LoadedRequest,
  { asked, key, watch, progress, tell }: Exchange,
): Promise<Attempt> {
  const response = await client.messages.create(requestBody(request), { signal: watch.signal }).asResponse();
  watch.alive();
  progress.hasBegun = true;
  if (/\b(json|html)\b/i.test(response.headers.get("content-type") ?? "")) {
    throw new EndpointFailed(notAStream(asked, key, await response.text()));
  }
  const reply = createReplyBuilder(tell);
  let events = 0;
  try {
    for await (const { event, data } of client.rawEvents(response)) {
      watch.alive();
      if (reply.isComplete() || data === "" || data === "[DONE]") continue;
      events += 1;
      const value: unknown = event === "error" ? parsedOr(data) : JSON.parse(data);
      if (event === "error" || isError(value)) throw new EndpointFailed(failureOfStreamError(asked, key, value));
      reply.add(value);
      if (reply.isComplete()) watch.hurry(CLOSING_MS);
    }
  } catch (thrown) {
    // A whole message is a whole message, however its connection ends.
    if (!reply.isComplete() || watch.reason() === "aborted") throw thrown;
  }
  if (watch.reason() === "aborted") return { type: "aborted" };
  if (!reply.isComplete()) {
    const what = events === 0 ? "answered without a single event" : "ended its answer before the message was complete";
    throw new EndpointFailed(badResponse(asked, what, events > 0));
  }
  const whole = reply.finish();
  if (whole === undefined) throw new EndpointFailed(badResponse(asked, "sent a message without content (null)", false));
  if (Buffer.byteLength(JSON.stringify(whole.content)) > MAX_REPLY_BYTES) {
    throw new EndpointFailed(badResponse(asked, "sent a message of more than 3 MiB", false));
  }
  return whole;
}

/** Whether an event is an error, also where a server forgot to name it so. */
function isError(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, error } = value as { type?: unknown; error?: unknown };
  return type === "error" || (type === undefined && error !== undefined);
}

function failureOf(thrown: unknown, asked: Asked, key: string | undefined, hasBegun: boolean): EndpointFailure {
  if (thrown instanceof EndpointFailed) return thrown.failure;
  const { status, error, headers, message } = thrown as {
    status?: unknown;
    error?: unknown;
    headers?: Pick<Headers, "get">;
    message?: string;
  };
  if (typeof status === "number") {
    const body = error ?? (message ?? "").replace(/^\d+ (status code \(no body\))?/, "");
    return failureOfStatus(asked, key, { status, body, headers });
  }
  if (thrown instanceof SyntaxError) {
    return badResponse(asked, `sent what is no Messages stream (${quoted(thrown.message, key)})`, false);
  }
  return failureOfNetwork(asked, thrown, hasBegun);
}

function notAStream(asked: Asked, key: string | undefined, body: string): EndpointFailure {
  const words = serverWords(parsedOr(body));
  const said = words.text === "" ? "nothing" : `"${quoted(words.text, key)}"`;
  return badResponse(asked, `did not stream an answer but sent ${said}`, false);
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function keyMissing(asked: Asked): EndpointFailure {
  const advice = mendingAdvice(asked.name, "--key-stdin");
  const message = `The endpoint "${asked.name}" needs a key and none is stored, so loopd did not ask it. ${advice}`;
  return { code: "endpoint-unauthorized", message, isRetryable: false };
}
