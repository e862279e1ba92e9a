import type { EndpointProfile } from "../../src/protocol/config.ts";
import type { Json, Millis } from "../../src/protocol/values.ts";
import { type EndpointFetch, serverRoot } from "./endpoint-fetch.ts";
import { completionsRoot } from "./openai-client.ts";
import {
  DIALECT_PATHS,
  probeBody,
  type ProbeAnswer,
  type ProbeQuestion,
  readAnswer,
  readEvent,
} from "./probe-dialect.ts";
import { fetchBounded } from "./probe-fetch.ts";

/** How a short request of a probe ended. */
export type Chatted =
  | { type: "answered"; answer: ProbeAnswer }
  | { type: "refused"; status: number; body: unknown; headers: Headers }
  | { type: "late" }
  | { type: "failed"; error: unknown };

/** When parts of a streamed answer came, in milliseconds since the request was sent. */
export interface Streamed {
  firstMs: Millis;
  lastMs: Millis;
  /** Events that held text. */
  pieces: number;
  usage: Pick<ProbeAnswer, "inputTokens" | "cachedTokens" | "outputTokens">;
}

/** Asks one model in one dialect. */
export interface ProbeChat {
  ask(question: ProbeQuestion, limitMs: Millis): Promise<Chatted>;
  /** Undefined: it did not stream an answer in time. */
  stream(question: ProbeQuestion, limitMs: Millis): Promise<Streamed | undefined>;
}

/** What a chat needs. */
export interface ProbeChatOptions {
  fetch: EndpointFetch;
  profile: EndpointProfile;
  dialect: EndpointProfile["dialect"];
  signal: AbortSignal;
}

const MAX_STREAM_BYTES = 1024 * 1024;

/** Creates one. Both ways reject only once the signal is aborted. */
export function createProbeChat({ fetch, profile, dialect, signal }: ProbeChatOptions): ProbeChat {
  // Where the adapter of that dialect would ask.
  const isOwn = dialect === "openai" && profile.dialect === "openai";
  const url = isOwn
    ? `${completionsRoot(profile.url)}/chat/completions`
    : `${serverRoot(profile.url)}${DIALECT_PATHS[dialect]}`;
  // Newer models of some services know only the newer name.
  let isNewer = false;
  const bodyOf = (question: ProbeQuestion): object => {
    const body = probeBody(dialect, profile.model, question);
    return isNewer ? { ...body, max_tokens: undefined, max_completion_tokens: question.maxTokens } : body;
  };

  async function ask(question: ProbeQuestion, limitMs: Millis): Promise<Chatted> {
    const fetched = await fetchBounded(fetch, url, bodyOf(question), { signal, limitMs });
    if (fetched.type === "late" || fetched.type === "failed") return fetched;
    const { status, headers } = fetched;
    const body = fetched.type === "json" ? fetched.value : fetched.text;
    const answer = fetched.type === "json" && status === 200 ? readAnswer(dialect, fetched.value) : undefined;
    if (answer !== undefined) return { type: "answered", answer };
    const wantsNewer = dialect === "openai" && status === 400 && JSON.stringify(body).includes("max_completion_tokens");
    if (!wantsNewer || isNewer) return { type: "refused", status, body, headers };
    isNewer = true;
    return ask(question, limitMs);
  }

  async function stream(question: ProbeQuestion, limitMs: Millis): Promise<Streamed | undefined> {
    const limit = AbortSignal.timeout(limitMs);
    const usage = dialect === "openai" ? { stream_options: { include_usage: true } } : {};
    const body = JSON.stringify({ ...bodyOf(question), stream: true, ...usage });
    const seen: Streamed = { firstMs: 0, lastMs: 0, pieces: 0, usage: {} };
    const start = performance.now();
    try {
      const response = await fetch(url, { method: "POST", body, signal: AbortSignal.any([signal, limit]) });
      if (response.status !== 200) return undefined;
      for await (const event of eventsOf(response)) {
        const part = readEvent(dialect, event);
        if (part === undefined) continue;
        const { inputTokens, cachedTokens, outputTokens } = part;
        seen.usage = {
          inputTokens: inputTokens || seen.usage.inputTokens,
          cachedTokens: cachedTokens ?? seen.usage.cachedTokens,
          outputTokens: outputTokens ?? seen.usage.outputTokens,
        };
        if (part.text === "") continue;
        seen.lastMs = performance.now() - start;
        if (seen.pieces === 0) seen.firstMs = seen.lastMs;
        seen.pieces += 1;
      }
    } catch {
      signal.throwIfAborted();
    }
    return seen.pieces === 0 ? undefined : seen;
  }

  return { ask, stream };
}

/** The JSON of each `data:` line, as it comes; ends at a megabyte. */
async function* eventsOf(response: Response): AsyncGenerator<Json> {
  const decoder = new TextDecoder();
  let rest = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_STREAM_BYTES) return;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const data = /^data: ?([{].*)$/.exec(line)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Json;
    }
  }
}
