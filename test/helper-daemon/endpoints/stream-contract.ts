import { expect } from "vitest";
import type { ModelReply } from "../../../src/agent/ports.ts";
import type { EndpointProfile } from "../../../src/protocol/config.ts";
import type { Block } from "../../../src/protocol/values.ts";
import type { Behaviour, ModelServer } from "../../fakes/model-server.ts";
import { script, startModelServer } from "../../fakes/model-server.ts";
import { ask, type AskOptions } from "./ask-endpoint.ts";

export type DialectName = EndpointProfile["dialect"];
export const DIALECTS: readonly DialectName[] = ["anthropic", "openai"];

/** One request through the real port, watched from both sides. */
export interface Watched {
  reply: ModelReply;
  waits: number[];
  requests: ModelServer["requests"];
}

/** What was told in one go: text or thoughts. */
export interface Told {
  channel: string;
  text: string;
}
type Happening = "request" | "reset" | Told;

/** Words that follow one another on one channel, as one. */
export function runsOf(told: readonly Told[]): Told[] {
  const runs: Told[] = [];
  for (const { channel, text } of told) {
    const last = runs.at(-1);
    if (last?.channel === channel) last.text += text;
    else if (text !== "") runs.push({ channel, text });
  }
  return runs;
}

/** What a face must have been told of a response, in its order. */
export function spokenIn(content: readonly Block[]): Told[] {
  const told = content.flatMap((block): Told[] => {
    if (block.type === "text") return [{ channel: "text", text: block.text }];
    return block.type === "thinking" ? [{ channel: "reasoning", text: block.thinking }] : [];
  });
  return runsOf(told);
}

/**
 * Asks a server that behaves so, and checks what every adapter promises: exactly one end, nothing without a request,
 * deltas in order whose sum is the reply, a reset between what was told and a further request and nowhere else, nothing
 * after the end.
 */
export async function askWatched(
  dialect: DialectName,
  behaviour: Behaviour,
  options: Partial<AskOptions> = {},
): Promise<Watched> {
  const happenings: Happening[] = [];
  let ends = 0;
  let told = 0;
  const server = await startModelServer((body, number) => {
    happenings.push("request");
    if (typeof behaviour === "function") return behaviour(body, number);
    const step = behaviour.steps[number - 1] ?? (behaviour.isRepeating ? behaviour.steps.at(-1) : undefined);
    const only = script();
    if (step !== undefined) only.steps.push(step);
    return only;
  });
  try {
    const { reply, waits } = await ask({
      url: server.url,
      ...options,
      profile: { dialect, ...options.profile },
      tell(delta) {
        told += 1;
        happenings.push(delta.channel === "reset" ? "reset" : { channel: delta.channel, text: delta.text });
        options.tell?.(delta);
      },
    }).finally(() => (ends += 1));
    const atTheEnd = told;
    expectContract(happenings, reply);
    await server.close();
    // Whatever a dying connection still sets off has happened by now.
    await new Promise((resolve) => setImmediate(resolve));
    expect({ ends, told }).toEqual({ ends: 1, told: atTheEnd });
    return { reply, waits, requests: server.requests };
  } finally {
    await server.close().catch(() => undefined);
  }
}

function expectContract(happenings: readonly Happening[], reply: ModelReply): void {
  if (reply.type === "responded" || happenings.length > 0) expect(happenings[0]).toBe("request");
  for (const [index, one] of happenings.entries()) {
    if (typeof one === "object") expect(one.text).not.toBe("");
    // What was told before would be heard twice.
    if (one === "request") expect(typeof happenings[index - 1]).not.toBe("object");
    if (one !== "reset") continue;
    // Something was told since the last reset, and another attempt follows.
    expect(typeof happenings.slice(0, index).findLast((before) => before !== "request")).toBe("object");
    expect(happenings[index + 1]).toBe("request");
  }
  if (reply.type !== "responded") return;
  const last = happenings.slice(happenings.lastIndexOf("reset") + 1);
  expect(runsOf(last.filter((one) => typeof one === "object"))).toEqual(spokenIn(reply.content));
}
