import { expect } from "vitest";
import type { ModelReply } from "../../../src/agent/ports.ts";
import type { EndpointProfile } from "../../../src/protocol/config.ts";
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

type Happening = "request" | "reset" | { channel: string; text: string };

/**
 * Asks a server that behaves so, and checks what every adapter promises: exactly one end, no reply without a request,
 * deltas in order whose sum is the reply, a reset only between what was told and a further request, nothing after the end.
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
  const first = happenings[0];
  if (reply.type === "responded") expect(first).toBe("request");
  for (const [index, one] of happenings.entries()) {
    if (typeof one === "object") expect(one.text).not.toBe("");
    if (one !== "reset") continue;
    // Something was told since the last reset, and another attempt follows.
    expect(typeof happenings.slice(0, index).findLast((before) => before !== "request")).toBe("object");
    expect(happenings[index + 1]).toBe("request");
  }
  if (reply.type !== "responded") return;
  const last = happenings.slice(happenings.lastIndexOf("reset") + 1);
  const sum = (channel: string) =>
    last.flatMap((one) => (typeof one === "object" && one.channel === channel ? [one.text] : [])).join("");
  const text = reply.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  const thinking = reply.content.flatMap((block) => (block.type === "thinking" ? [block.thinking] : [])).join("");
  expect({ text: sum("text"), thinking: sum("reasoning") }).toEqual({ text, thinking });
}
