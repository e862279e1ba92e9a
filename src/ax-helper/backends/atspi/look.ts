import { Problem } from "../../problem.ts";
import type { AccessibilityBus, Parameters, Target } from "./bus.ts";

/** How long a capture may take and how much it may read; what is left out is counted. */
export interface Limits {
  nodes: number;
  depth: number;
  /** The most children of one element. */
  children: number;
  /** Characters of one text. */
  text: number;
  /** Characters of all texts and names together. */
  allText: number;
  /** How long one call may wait. */
  callMs: number;
  /** How long all of it may take. */
  timeMs: number;
}

/**
 * One request's view of the bus: counts calls, keeps few in flight, and asks a program that let one of them wait its whole
 * limit nothing more, so that a stopped program costs one bounded call.
 */
export interface Look {
  readonly limits: Limits;
  /** Calls made so far. */
  readonly calls: number;
  /** Programs that did not answer in time, by the names of their connections. */
  readonly silent: ReadonlySet<string>;
  /** Programs that do not say what shows (GTK 4), by the names of their connections: what is visible counts as shown. */
  readonly unsaid: Set<string>;
  call(target: Target, method: string, parameters?: Parameters): Promise<unknown>;
  /** One property. Never all: that ends programs built with Qt 5. */
  get(target: Target, property: string): Promise<unknown>;
  set(target: Target, property: string, signature: string, value: unknown): Promise<unknown>;
  /** The same, with a limit of its own. */
  probe(target: Target, property: string, limitMs: number): Promise<unknown>;
  /** Whether the time for all of it is over. */
  isLate(): boolean;
}

const IN_FLIGHT = 24;
const GET = "org.freedesktop.DBus.Properties.Get";
const ATSPI = "org.a11y.atspi.";

/** A look of its own for each request. */
export function startLook(bus: AccessibilityBus, limits: Limits): Look {
  const end = performance.now() + limits.timeMs;
  const silent = new Set<string>();
  const waiting: (() => void)[] = [];
  let calls = 0;
  let running = 0;
  const slot = () => new Promise<void>((resolve) => waiting.push(resolve));
  const call = async (
    target: Target,
    method: string,
    parameters?: Parameters,
    limitMs = limits.callMs,
  ): Promise<unknown> => {
    // A slot that is given up passes straight to whoever waits longest.
    if (running >= IN_FLIGHT) await slot();
    else running += 1;
    const answer = silent.has(target.bus) ? silence(limitMs) : await ask(target, method, limitMs, parameters);
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
    return answer;
  };
  const ask = async (target: Target, method: string, limitMs: number, parameters?: Parameters) => {
    calls += 1;
    const answer = await bus.call(target, method, limitMs, parameters);
    if (answer instanceof Problem && answer.code === "not-responding") silent.add(target.bus);
    return answer;
  };
  const property = (name: string): [string, string] => {
    const at = name.indexOf(".");
    return [ATSPI + name.slice(0, at), name.slice(at + 1)];
  };
  return {
    limits,
    silent,
    unsaid: new Set(),
    get calls() {
      return calls;
    },
    isLate: () => performance.now() > end,
    call: (target, method, parameters) => call(target, ATSPI + method, parameters),
    get: (target, name) => call(target, GET, { signature: "ss", body: property(name) }),
    probe: (target, name, limitMs) => call(target, GET, { signature: "ss", body: property(name) }, limitMs),
    set: (target, name, signature, value) =>
      call(target, "org.freedesktop.DBus.Properties.Set", {
        signature: "ssv",
        body: [...property(name), [signature, value]],
      }),
  };
}

function silence(callMs: number): Problem {
  return new Problem("not-responding", `The program did not answer within ${callMs} ms.`);
}
