import { expect, test } from "vitest";
import { estimateTokens } from "../../../src/agent/context/estimate-tokens.ts";
import { requestBytes } from "../../../src/agent/context/render.ts";
import { fold } from "../../../src/agent/fold.ts";
import { nextStep } from "../../../src/agent/next-step.ts";
import type { ModelRequest } from "../../../src/agent/ports.ts";
import { emptyView } from "../../../src/agent/transcript.ts";
import type { Entry } from "../../../src/protocol/entries.ts";
import { type MemoryWorld, calls, says, startTurn, use } from "../../fakes/memory-ports.ts";
import { compactions, dataOf, isSummarising, OUTPUT, place, SUMMARY, WINDOW, windowWorld } from "./windows.ts";

const INPUT = "Look at every place of the house.";

/** A model that thinks, looks and answers by what it reads alone, so that it goes on from any moment. */
function model(request: ModelRequest) {
  if (isSummarising(request)) return says(JSON.stringify(SUMMARY));
  const number = Number(/number (\d+)/g.exec(JSON.stringify(request.messages.at(-2) ?? ""))?.[1] ?? 0) + 1;
  const reply = number % 5 === 0 ? says("all seen") : calls(use("look", place(number)), use("look", { number }));
  const thought = { type: "thinking" as const, thinking: `thought ${number}`, signature: "s" };
  return reply.type === "responded" ? { ...reply, content: [thought, ...reply.content] } : reply;
}

function worldOf(entries: readonly Entry[], tokens: number): MemoryWorld {
  const world = windowWorld({ model, answers: () => ({ text: OUTPUT, blob: "b" }) });
  world.settings.windowOf = (_, name) => ({ ...WINDOW, tokens: name === "large" ? 200_000 : tokens });
  world.entries.length = 0;
  world.entries.push(...(JSON.parse(JSON.stringify(entries)) as Entry[]));
  return world;
}

function expectWhole({ messages }: ModelRequest): void {
  const ids = (type: "tool_use" | "tool_result") =>
    messages.map(({ content }) =>
      content.flatMap((block) => {
        if (block.type === "tool_use" && type === "tool_use") return [block.id];
        return block.type === "tool_result" && type === "tool_result" ? [block.tool_use_id] : [];
      }),
    );
  const [uses, results] = [ids("tool_use"), ids("tool_result")];
  expect(results.slice(1)).toEqual(uses.slice(0, -1));
  expect(results[0]).toEqual([]);
  expect(uses.at(-1)).toEqual([]);
}

const session = "s1";
const begin = (world: MemoryWorld, name: string) => {
  const data = { input: INPUT, origin: "user" as const, originKey: name, endpoint: "e", model: name, overrides: {} };
  world.write({ kind: "turn.started", session, turn: `turn-${name}`, data: { ...data, provenance: {} } });
};
const stop = (world: MemoryWorld) => {
  const turn = world.view().turn;
  if (turn?.finish !== undefined || turn === undefined) return;
  world.write({ kind: "turn.stopping", session, turn: turn.turn, data: { by: "me", why: "enough" } });
};
const happenings: Record<string, (world: MemoryWorld) => void | Promise<void>> = {
  "it stops and starts": () => undefined,
  "it is forked": (world) =>
    world.write({ kind: "session.forked", session, data: { from: "s0", at: world.entries.length } }),
  "it is cleared": async (world) => {
    stop(world);
    await world.run();
    world.write({ kind: "session.cleared", session, data: { by: "me" } });
  },
  "its turn is cancelled": stop,
  "a person asks for room": (world) =>
    world.write({ kind: "compaction.asked", session, data: { by: "me", note: "all" } }),
  "a large model takes over": (world) => {
    stop(world);
    begin(world, "large");
  },
  "what is kept from the model changes": (world) => {
    world.settings.redaction = { fingerprint: "other", note: "Some is private." };
  },
};

test.each(Object.keys(happenings))("at every third entry of a session with compactions, %s", async (what) => {
  const first = worldOf([], 3_000);
  first.write({ kind: "session.created", session, data: { title: "t", workspace: "/w", nonce: "n0" } });
  startTurn(first, "t1", INPUT);
  await first.run();
  startTurn(first, "t2", INPUT);
  await first.run();
  expect(compactions(first).length).toBeGreaterThan(3);
  for (let length = 2; length <= first.entries.length; length += 3) {
    const world = worldOf(first.entries.slice(0, length), 3_000);
    await happenings[what]?.(world);
    expect(await world.run()).toBe("ended");
    begin(world, "small");
    expect(await world.run()).toBe("ended");
    for (const request of world.requests) {
      expectWhole(request);
      const most = request.model === "large" ? 200_000 : 3_000;
      expect(estimateTokens(requestBytes(request), 1) + request.maxTokens).toBeLessThanOrEqual(most);
    }
    const asking = world.requests.filter((request) => !isSummarising(request));
    expect(JSON.stringify(asking.at(-1)?.messages)).toContain(INPUT);
    expect(dataOf(world, "turn.finished").at(-1)?.finish).toBe("done");
    const again = JSON.parse(JSON.stringify(world.entries)) as Entry[];
    expect(again.reduce(fold, emptyView(session))).toEqual(world.view());
    expect(nextStep(world.view(), world.settings, 0)).toEqual({ type: "end" });
  }
});
