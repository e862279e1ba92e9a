import type { ModelReply, Tell } from "../../src/agent/ports.ts";
import type { EndpointProfile, Limits } from "../../src/protocol/config.ts";
import type { Answer, BegunAnswer, Dialect, ReplyBuilder } from "./dialect.ts";
import {
  type Asked,
  badResponse,
  EndpointFailed,
  type EndpointFailure,
  pageAdvice,
  stalled,
  keyMissing,
} from "./endpoint-failure.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";
import { type IdleWatch, PATIENCE, watchIdle } from "./idle-watch.ts";
import type { LoadedRequest } from "./load-images.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { parsedOr, badStatusIn } from "./bad-status.ts";
import { quoted, serverWords } from "./server-words.ts";
import { failureOfNamedError, failureOfStatus, failureOfStreamError } from "./status-failure.ts";

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
    const waitedMs = limits.streamIdleMs * (reason === "stuck" ? PATIENCE : 1);
    if (reason !== undefined) return { type: "failed", failure: stalled(asked, waitedMs, reason) };
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
  const begun = await answer.begin(watch.breathing);
  if (begun.isStream) await readStream(begun, reply, { asked, key, watch });
  else {
    const body = parsedOr(await begun.text());
    if (isError(body) || !reply.addWhole(body)) {
      throw new EndpointFailed(failureOfNamedError(asked, key, body) ?? noAnswer(asked, key, body));
    }
  }
  if (watch.reason() === "aborted") return { type: "aborted" };
  const whole = reply.finish();
  if (whole === undefined) throw new EndpointFailed(badResponse(asked, "sent a message without content (null)", false));
  if (Buffer.byteLength(JSON.stringify(whole.content)) > MAX_REPLY_BYTES) {
    throw new EndpointFailed(badResponse(asked, "sent a message of more than 3 MiB", false));
  }
  return whole;
}

async function readStream(answer: BegunAnswer, reply: ReplyBuilder, { asked, key, watch }: Reading): Promise<void> {
  let events = 0;
  let isOver = false;
  let last = "";
  try {
    for await (const { event, data } of answer.events()) {
      const wasComplete = reply.isComplete();
      // The same once more is a sign of life, such as a ping.
      if (!wasComplete && data !== last) watch.alive();
      last = data;
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
  const isWords = events === 0 && answer.opening !== "" && !/^(data|event|id|retry)?:/.test(answer.opening);
  if (isWords) throw new EndpointFailed(noAnswer(asked, key, answer.opening));
  const what = events === 0 ? "answered without a single event" : "ended its answer before the message was complete";
  throw new EndpointFailed(badResponse(asked, what, events > 0));
}

/** Whether a value is an error, also where a server forgot to name it so. */
function isError(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, object, error } = value as { type?: unknown; object?: unknown; error?: unknown };
  return type === "error" || object === "error" || (type === undefined && isSaid(error));
}

/** Some servers have a place for errors in every answer. */
function isSaid(error: unknown): boolean {
  if (typeof error === "object" && error !== null) return Object.keys(error).length > 0;
  return error !== undefined && error !== null && error !== false && error !== "";
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
  const failure = badResponse(asked, `sent no answer but ${said}`, false);
  return words.isPage === true ? { ...failure, message: `${failure.message} ${pageAdvice(asked.name)}` } : failure;
}
