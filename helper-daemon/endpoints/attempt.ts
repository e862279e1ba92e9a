import type { ModelReply, Tell } from "../../src/agent/ports.ts";
import type { EndpointProfile, Limits } from "../../src/protocol/config.ts";
import type { Answer, Dialect, ReplyBuilder } from "./dialect.ts";
import {
  type Asked,
  badResponse,
  EndpointFailed,
  type EndpointFailure,
  stalled,
  keyMissing,
} from "./endpoint-failure.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";
import { type IdleWatch, watchIdle } from "./idle-watch.ts";
import type { LoadedRequest } from "./load-images.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { parsedOr, badStatusIn } from "./bad-status.ts";
import { quoted, serverWords } from "./server-words.ts";
import { failureOfStatus, failureOfStreamError } from "./status-failure.ts";

/** How one attempt ended. */
export type Attempt =
  Extract<ModelReply, { type: "responded" | "aborted" }> | { type: "failed"; failure: EndpointFailure };

/** Loaded when first spoken: most homes speak one. */
const DIALECTS: Readonly<Record<EndpointProfile["dialect"], () => Promise<Dialect>>> = {
  anthropic: async () => (await import("./anthropic.ts")).anthropic,
  openai: async () => (await import("./openai.ts")).openai,
};

/** How long a server may take to close a stream after it said that the message is complete. */
const CLOSING_MS = 1_000;
/** A reply has to fit into an entry, and an entry into a frame of the socket. */
const MAX_REPLY_BYTES = 3 * 1024 * 1024;

/**
 * Sends one request in the profile's dialect and reads its answer to the end. One attempt: whoever calls decides about
 * another. Never throws for what a server or the network does.
 */
export async function send(
  request: LoadedRequest,
  profile: EndpointProfile,
  secrets: EndpointSecrets,
  limits: Limits,
  signal: AbortSignal,
  tell: Tell,
): Promise<Attempt> {
  const { key } = secrets;
  if (signal.aborted) return { type: "aborted" };
  const { url, dialect: spoken } = profile;
  const asked: Asked = { name: request.endpoint, url, model: request.model, dialect: spoken };
  if (profile.auth !== "none" && key === undefined) return { type: "failed", failure: keyMissing(asked) };
  const dialect = await DIALECTS[spoken]();
  const watch = watchIdle(limits.streamIdleMs, signal);
  let hasBegun = false;
  try {
    const answer = await dialect.open(request, profile, secrets, watch.signal);
    watch.alive();
    hasBegun = true;
    return await read(answer, dialect.createReply(tell), { asked, key, watch });
  } catch (thrown) {
    const reason = watch.reason();
    if (reason === "aborted") return { type: "aborted" };
    if (reason === "idle") return { type: "failed", failure: stalled(asked, limits.streamIdleMs) };
    return { type: "failed", failure: failureOf(thrown, asked, key, hasBegun) };
  } finally {
    watch.stop();
  }
}

interface Reading {
  asked: Asked;
  /** Only to keep it out of messages. */
  key: string | undefined;
  watch: IdleWatch;
}

async function read(answer: Answer, reply: ReplyBuilder, { asked, key, watch }: Reading): Promise<Attempt> {
  if (/\b(json|html)\b/i.test(answer.contentType)) {
    const body = parsedOr(await answer.text());
    if (isError(body) || !reply.addWhole(body)) throw new EndpointFailed(noAnswer(asked, key, body));
  } else {
    await readStream(answer, reply, { asked, key, watch });
  }
  if (watch.reason() === "aborted") return { type: "aborted" };
  const whole = reply.finish();
  if (whole === undefined) throw new EndpointFailed(badResponse(asked, "sent a message without content (null)", false));
  if (Buffer.byteLength(JSON.stringify(whole.content)) > MAX_REPLY_BYTES) {
    throw new EndpointFailed(badResponse(asked, "sent a message of more than 3 MiB", false));
  }
  return whole;
}

async function readStream(answer: Answer, reply: ReplyBuilder, { asked, key, watch }: Reading): Promise<void> {
  let events = 0;
  let isOver = false;
  try {
    for await (const { event, data } of answer.events()) {
      const wasComplete = reply.isComplete();
      if (!wasComplete) watch.alive();
      if (isOver || data === "") continue;
      events += 1;
      if (data === "[DONE]") {
        isOver = true;
        reply.done();
      } else {
        const value: unknown = event === "error" ? parsedOr(data) : JSON.parse(data);
        if (event === "error" || isError(value)) throw new EndpointFailed(failureOfStreamError(asked, key, value));
        reply.add(value);
      }
      if (!wasComplete && reply.isComplete()) watch.hurry(CLOSING_MS);
    }
  } catch (thrown) {
    // A whole message is a whole message, however its connection ends.
    if (!reply.isComplete() || watch.reason() === "aborted") throw thrown;
  }
  if (reply.isComplete()) return;
  const what = events === 0 ? "answered without a single event" : "ended its answer before the message was complete";
  throw new EndpointFailed(badResponse(asked, what, events > 0));
}

/** Whether a value is an error, also where a server forgot to name it so. */
function isError(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, object, error } = value as { type?: unknown; object?: unknown; error?: unknown };
  return type === "error" || object === "error" || (type === undefined && error !== undefined && error !== null);
}

function failureOf(thrown: unknown, asked: Asked, key: string | undefined, hasBegun: boolean): EndpointFailure {
  if (thrown instanceof EndpointFailed) return thrown.failure;
  const answered = badStatusIn(thrown);
  if (answered !== undefined) return failureOfStatus(asked, key, answered);
  if (thrown instanceof SyntaxError) {
    return badResponse(asked, `sent what is no answer of that kind (${quoted(thrown.message, key)})`, false);
  }
  return failureOfNetwork(asked, thrown, hasBegun);
}

function noAnswer(asked: Asked, key: string | undefined, body: unknown): EndpointFailure {
  const words = serverWords(body);
  const said = words.text === "" ? "nothing" : `"${quoted(words.text, key)}"`;
  return badResponse(asked, `sent no answer but ${said}`, false);
}
