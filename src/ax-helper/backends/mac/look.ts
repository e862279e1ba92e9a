import type * as z from "zod";
import type { Millis } from "../../../protocol/values.ts";
import type { Asking, ScreenClient } from "../../client.ts";
import { Problem } from "../../problem.ts";
import { stopped, tooLate, unreadable } from "../../request-ends.ts";
import type { ScreenRequest } from "../../requests.ts";
import type { MacRequest } from "./protocol.ts";
import { reword } from "./words.ts";

/** How long one call, and one request to `loopd-screen`, may wait for other programs. */
interface Times {
  callMs: Millis;
  timeMs: Millis;
}

/**
 * One request about the screen while it is answered by several to `loopd-screen`: they share its time, end when it is
 * cancelled, and are all answered by the same process.
 */
export interface Look {
  readonly limits: NonNullable<ScreenRequest["limits"]>;
  /** Asks `loopd-screen`. What it answers is only taken in the shape that it should have. */
  ask<Schema extends z.ZodType>(
    request: MacRequest,
    answer: Schema,
    times?: Partial<Times>,
  ): Promise<z.infer<Schema> | Problem>;
  isCancelled(): boolean;
  /** Milliseconds until the request is over. */
  timeLeft(): Millis;
  /** Which process answered. */
  generation(): number;
  /** Whether anything was asked that changes something. */
  hasActed(): boolean;
}

/** What a request may cost if it does not say. */
const TIMES: Times = { callMs: 1_000, timeMs: 3_000 };
/** Kept back of the request's time, so that `loopd-screen` gives up by itself and need not be killed. */
const RESERVE_MS: Millis = 250;

const within = (least: number, value: number, most: number) => Math.max(least, Math.min(value, most));

/** Begins a request, whose time runs from now on. */
export function startLook(
  native: ScreenClient["ask"],
  { limits = {}, do: what }: ScreenRequest,
  { limitMs, signal, generation: wanted }: Asking,
): Look {
  const ends = performance.now() + limitMs;
  let generation = wanted;
  let hasActed = false;
  const timeLeft = () => Math.max(0, ends - performance.now());
  return {
    limits,
    timeLeft,
    generation: () => generation ?? 0,
    hasActed: () => hasActed,
    isCancelled: () => signal?.aborted === true,
    async ask(request, answer, times) {
      // What was begun on an element is brought to its end: who cancelled has been told.
      if (signal?.aborted === true && !hasActed) return stopped();
      const left = timeLeft();
      if (left < 1) return tooLate(limitMs, what);
      const { callMs, timeMs } = { ...TIMES, ...defined(limits), ...times };
      const bounds = {
        callMs: Math.round(within(50, callMs, 5_000)),
        timeMs: Math.round(within(50, Math.min(timeMs, left - RESERVE_MS), 30_000)),
      };
      if (request.do === "act") hasActed = true;
      // Not given the signal: that would end the process, and with it every element that anyone knows.
      const reply = await native(
        { ...bounds, ...request },
        { limitMs: left, ...(generation === undefined ? {} : { generation }) },
      );
      if (reply instanceof Problem) return reword(reply);
      generation = reply.generation;
      const parsed = answer.safeParse(reply.answer);
      return parsed.success ? parsed.data : unreadable();
    },
  };
}

function defined({ callMs, timeMs }: Look["limits"]): Partial<Times> {
  return { ...(callMs === undefined ? {} : { callMs }), ...(timeMs === undefined ? {} : { timeMs }) };
}
