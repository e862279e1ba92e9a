import { setTimeout as sleep } from "node:timers/promises";
import type { ModelReply, Ports, Tell } from "../../src/agent/ports.ts";
import { type EndpointProfile, type Limits, UNSAVED_PREFIX } from "../../src/protocol/config.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { type Attempt, send } from "./attempt.ts";
import { type EndpointSecrets, withoutSecrets } from "./endpoint-fetch.ts";
import type { EndpointFailure } from "./endpoint-failure.ts";
import { type LoadedRequest, type ReadBlob, withImages } from "./load-images.ts";
import { type Price, withCost } from "./price.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Where a request goes and with which secrets. */
export interface ResolvedEndpoint extends EndpointSecrets {
  profile: EndpointProfile;
}

/** What the port needs to know, asked anew for each request, so that changes take effect without a restart. */
export interface ModelPortOptions {
  /** Undefined: there is no endpoint of that name. */
  resolve(name: string): ResolvedEndpoint | undefined | Promise<ResolvedEndpoint | undefined>;
  limits(): Limits;
  /** What a model costs. Absent, or undefined: nobody knows. */
  priceOf?(endpoint: string, model: string): Price | undefined;
  /** Where the bytes of images are. Absent: no images are sent. */
  readBlob?: ReadBlob;
  /** At least 0 and below 1. Absent: `Math.random`. */
  random?(): number;
  /** Resolves after so long, or rejects once the signal is aborted. Absent: a timer of Node. */
  wait?(duration: Millis, signal: AbortSignal): Promise<unknown>;
}

const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 16_000;

/**
 * The loop's way to its models: finds the endpoint, waits for a free slot of it, and asks again where that makes
 * sense. Every end of a request is a value. Before text that was told becomes void, it tells a `reset`.
 */
export function createModelPort(options: ModelPortOptions): Ports["model"] {
  const slots = createSlots();
  const random = options.random ?? Math.random;
  const wait = options.wait ?? ((duration: Millis, signal: AbortSignal) => sleep(duration, undefined, { signal }));

  return async (request, signal, tell) => {
    const endpoint = await options.resolve(request.endpoint);
    if (endpoint === undefined) return gone(request.endpoint);
    const limits = options.limits();
    const { readBlob = () => Promise.resolve(undefined) } = options;
    const loaded = await withImages(request, readBlob);
    const teller = resettable(tell);
    for (let attempt = 1; ; attempt++) {
      const result = await inSlot(slots, loaded, endpoint, limits, signal, teller.tell);
      if (result.type !== "failed") return priced(result, options.priceOf?.(request.endpoint, request.model));
      const { failure } = result;
      if (!failure.isRetryable || attempt >= limits.requestAttempts) return failed(failure, attempt);
      try {
        await wait(failure.retryAfterMs ?? backOff(attempt, random()), signal);
      } catch (thrown) {
        if (signal.aborted) return { type: "aborted" };
        throw thrown;
      }
      if (signal.aborted) return { type: "aborted" };
      teller.reset();
    }
  };
}

async function inSlot(
  slots: Slots,
  request: LoadedRequest,
  { profile, ...secrets }: ResolvedEndpoint,
  limits: Limits,
  signal: AbortSignal,
  tell: Tell,
): Promise<Attempt> {
  const rank = request.isForRoutine === true ? "routine" : "person";
  const release = await slots.acquire(request.endpoint, profile.slots, rank, signal);
  if (release === undefined) return { type: "aborted" };
  try {
    const attempt = await send(request, profile, secrets, limits, signal, tell);
    if (attempt.type !== "failed") return attempt;
    return {
      type: "failed",
      failure: { ...attempt.failure, message: withoutSecrets(attempt.failure.message, secrets) },
    };
  } finally {
    release();
  }
}

function priced(reply: Exclude<Attempt, { type: "failed" }>, price: Price | undefined): ModelReply {
  if (reply.type === "aborted" || reply.usage === undefined) return reply;
  return { ...reply, usage: withCost(reply.usage, price) };
}

/** Doubles with each attempt and spreads over half of that, so that many clients do not come back together. */
function backOff(attempt: number, random: number): Millis {
  return Math.min(FIRST_BACK_OFF_MS * 2 ** (attempt - 1), LONGEST_BACK_OFF_MS) * (0.5 + random / 2);
}

/** Tells, and takes back what was told. */
function resettable(tell: Tell): { tell: Tell; reset(): void } {
  let hasTold = false;
  return {
    tell(delta) {
      hasTold = true;
      tell(delta);
    },
    reset() {
      if (hasTold) tell({ channel: "reset", text: "" });
      hasTold = false;
    },
  };
}

function failed({ code, message, window }: EndpointFailure, attempts: number): ModelReply {
  const words = attempts === 1 ? message : `${message} (loopd tried ${attempts} times.)`;
  return { type: "failed", code, message: words, ...(window === undefined ? {} : { window }) };
}

function gone(name: string): ModelReply {
  const advice = name.startsWith(UNSAVED_PREFIX)
    ? "It came from LOOPD_ENDPOINT_* variables and was not saved; ask again with them set, or save it: loopd endpoints add"
    : "See the ones there are with: loopd endpoints list";
  return { type: "gone", code: "endpoint-gone", message: `The endpoint "${name}" no longer exists. ${advice}` };
}
