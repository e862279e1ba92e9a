import {
  type Asked,
  badResponse,
  DIALECT_NAMES,
  type EndpointFailure,
  lookingAdvice,
  mendingAdvice,
  pageAdvice,
  shownUrl,
} from "./endpoint-failure.ts";
import { isContextOverflow, itSaid, type ServerWords, serverWords } from "./server-words.ts";
import { toldWindow } from "./told-window.ts";

/** Longest wait that a server's retry-after can impose on a turn. */
const MAX_RETRY_AFTER_MS = 60_000;

/** The status behind the `type` or `code` of an error that came inside a stream. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  server_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  context_length_exceeded: 400,
  model_not_found: 404,
};

/** A failure from an HTTP status and body. `key` is only taken to keep it out of the message. */
export function failureOfStatus(
  asked: Asked,
  key: string | undefined,
  response: { status: number; body: unknown; headers?: Pick<Headers, "get"> | undefined },
): EndpointFailure {
  const words = serverWords(response.body);
  const failure = failureOf(asked, key, response.status, words);
  const retryAfterMs = response.headers === undefined ? undefined : retryAfterOf(response.headers, Date.now());
  return retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
}

/** A failure from an error that arrived inside a stream whose status was 200. */
export function failureOfStreamError(asked: Asked, key: string | undefined, body: unknown): EndpointFailure {
  const words = serverWords(body);
  return failureOf(asked, key, namedStatus(words) ?? 500, words);
}

/** The same for a document; undefined where it names no error that is known, and may be anything. */
export function failureOfNamedError(asked: Asked, key: string | undefined, body: unknown): EndpointFailure | undefined {
  const words = serverWords(body);
  const status = namedStatus(words) ?? (isContextOverflow(words) ? 400 : undefined);
  return status === undefined ? undefined : failureOf(asked, key, status, words);
}

function namedStatus({ code = "", type = "", status }: ServerWords): number | undefined {
  const known = [code, type].find((word) => Object.hasOwn(STATUS_OF_TYPE, word));
  return known === undefined ? status : STATUS_OF_TYPE[known];
}

function failureOf(asked: Asked, key: string | undefined, status: number, words: ServerWords): EndpointFailure {
  const endpoint = `The endpoint "${asked.name}" at ${shownUrl(asked.url)}`;
  const said = itSaid(words.text, key);
  const failed = (code: EndpointFailure["code"], sentence: string, isRetryable: boolean): EndpointFailure => ({
    code,
    message: sentence,
    isRetryable,
  });
  if (status === 413 || (status !== 429 && status !== 529 && isContextOverflow(words))) {
    const advice = "Begin a new session, ask for less at once, or use a model with a larger window.";
    const sentence = `The conversation does not fit into the window of ${endpoint.replace("The", "the")}.${said} ${advice}`;
    const window = toldWindow(words);
    return { ...failed("endpoint-context-overflow", sentence, false), ...(window === undefined ? {} : { window }) };
  }
  if (status >= 300 && status < 400) {
    return badResponse(
      asked,
      `sends requests on to another address (${status}), which loopd does not follow, so that no key reaches a stranger`,
      false,
    );
  }
  if (status === 401 || status === 403) {
    const advice = words.isPage === true ? pageAdvice(asked.name) : mendingAdvice(asked.name, "--key-stdin");
    return failed(
      "endpoint-unauthorized",
      `${endpoint} refuses the key or the lack of one (${status}).${said} ${advice}`,
      false,
    );
  }
  if (status === 407) {
    const advice = mendingAdvice(asked.name, "--proxy http://user:password@host:port");
    const sentence = `A proxy on the way to ${shownUrl(asked.url)} wants a login (407).${said} ${advice}`;
    return failed("endpoint-unauthorized", sentence, false);
  }
  if (status === 404) {
    const other = asked.dialect === "openai" ? "anthropic" : "openai";
    const advice =
      `Either the address or the model "${asked.model}" is unknown there, or it does not speak the ${DIALECT_NAMES[asked.dialect]} dialect. ` +
      mendingAdvice(asked.name, `--url URL --model MODEL --dialect ${other}`);
    return failed("endpoint-not-found", `${endpoint} answered 404.${said} ${advice}`, false);
  }
  if (status === 429) {
    const advice = "Wait a little and ask again, or use another endpoint: loopd endpoints list";
    return failed(
      "endpoint-rate-limited",
      `${endpoint} limits how often it can be asked (429).${said} ${advice}`,
      true,
    );
  }
  if (status === 529 || words.type === "overloaded_error") {
    const advice = "Ask again later, or use another endpoint: loopd endpoints list";
    return failed("endpoint-overloaded", `${endpoint} is overloaded (${status}).${said} ${advice}`, true);
  }
  if (status >= 500) {
    const advice = "Look at the model server's own log, then ask again.";
    return failed("endpoint-server-error", `${endpoint} failed on its side (${status}).${said} ${advice}`, true);
  }
  if (status === 408) {
    return failed("endpoint-timed-out", `${endpoint} took too long to read the request (408).${said} Ask again.`, true);
  }
  const advice = `Check what it supports and how it is set up. ${lookingAdvice(asked.name)}`;
  return failed("endpoint-rejected", `${endpoint} rejects the request (${status}).${said} ${advice}`, status === 409);
}

/** Milliseconds to wait by `retry-after-ms` or `retry-after` (seconds or an HTTP date), at most a minute. */
function retryAfterOf(headers: Pick<Headers, "get">, now: number): number | undefined {
  const inMs = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  const header = headers.get("retry-after") ?? "";
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number.parseFloat(header) : Number.NaN;
  const candidates = [inMs, seconds * 1000, Date.parse(header) - now];
  const wait = candidates.find((value) => Number.isFinite(value));
  return wait === undefined ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}
