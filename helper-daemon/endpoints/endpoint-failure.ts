import { type EndpointProfile, UNSAVED_PREFIX } from "../../src/protocol/config.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";

/** How one attempt at a model request failed, and whether another one makes sense. */
export interface EndpointFailure {
  code: ErrorCode;
  /** What happened and what to do next. Never holds a key. */
  message: string;
  isRetryable: boolean;
  /** How long the server asked us to wait, in milliseconds. */
  retryAfterMs?: number;
  /** Tokens that the server said its window holds. */
  window?: number;
}

/** Who was asked; for the sentences. */
export interface Asked {
  /** Name of the endpoint. */
  name: string;
  url: string;
  model: string;
  dialect: EndpointProfile["dialect"];
}

/** What a person calls each dialect. */
export const DIALECT_NAMES: Readonly<Record<EndpointProfile["dialect"], string>> = {
  anthropic: "Anthropic Messages",
  openai: "OpenAI chat completions",
};

/** Address without user, password, query and fragment: what may be shown. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "(not an address)" : `${parsed.origin}${parsed.pathname.replace(/\/$/, "")}`;
}

const CHECK_VARIABLES = "Check the LOOPD_ENDPOINT_* variables of the shell that asks.";

/** The command that mends a profile; profiles that were never saved come from the caller's environment. */
export function mendingAdvice(name: string, option: string): string {
  return name.startsWith(UNSAVED_PREFIX) ? CHECK_VARIABLES : `Mend it with: loopd endpoints set ${name} ${option}`;
}

/** Where a page for people came instead of an answer. */
export function pageAdvice(name: string): string {
  const how = name.startsWith(UNSAVED_PREFIX) ? "LOOPD_ENDPOINT_PROXY" : `loopd endpoints set ${name} --proxy URL`;
  return `Such a page comes from a website, or from a login or firewall in between: check the address and log in there, or name the proxy to go through with ${how}.`;
}

/** The command that shows a profile, where there is one to show. */
export function lookingAdvice(name: string): string {
  return name.startsWith(UNSAVED_PREFIX) ? CHECK_VARIABLES : `Look at it with: loopd endpoints show ${name}`;
}

/** An answer that is none in the profile's dialect. */
export function badResponse(asked: Asked, what: string, isRetryable: boolean): EndpointFailure {
  const message =
    `The endpoint "${asked.name}" at ${shownUrl(asked.url)} ${what}. ` +
    `Check that this is the address of a server that speaks the ${DIALECT_NAMES[asked.dialect]} dialect. ${lookingAdvice(asked.name)}`;
  return { code: "endpoint-bad-response", message, isRetryable };
}

/** The profile names a way to show a key, and there is none. */
export function keyMissing(asked: Asked): EndpointFailure {
  const advice = mendingAdvice(asked.name, "--key-stdin (or --auth none, if it wants no key)");
  const message = `The endpoint "${asked.name}" needs a key and none is stored, so loopd did not ask it. ${advice}`;
  return { code: "endpoint-unauthorized", message, isRetryable: false };
}

/** Nothing arrived for so long as `limits.streamIdleMs` allows; `stuck`: signs of life did, but no part of an answer. */
export function stalled(asked: Asked, waitedMs: number, how: "idle" | "stuck"): EndpointFailure {
  const what = how === "idle" ? "sent nothing for" : "is there, but sent no part of an answer for";
  const message =
    `The endpoint "${asked.name}" at ${shownUrl(asked.url)} ${what} ${Math.round(waitedMs / 100) / 10} s, so loopd gave the request up. ` +
    `Look at the model server; if it is only slow, raise limits.streamIdleMs in config.json.`;
  return { code: "endpoint-timed-out", message, isRetryable: true };
}

/** Thrown inside the room to carry a failure out of a stream; `send` turns it into a value. */
export class EndpointFailed extends Error {
  readonly failure: EndpointFailure;

  constructor(failure: EndpointFailure) {
    super(failure.message);
    this.failure = failure;
  }
}
