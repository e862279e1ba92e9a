import { expect, test } from "vitest";
import { estimateTokens } from "../../../src/agent/context/estimate-tokens.ts";
import { requestBytes } from "../../../src/agent/context/render.ts";
import type { MemoryWorld } from "../../fakes/memory-ports.ts";
import { says } from "../../fakes/memory-ports.ts";
import { compactions, dataOf, isSummarising, looks, SUMMARY, WINDOW, windowWorld } from "./windows.ts";

const sizes = ({ requests }: MemoryWorld) => requests.map((request) => estimateTokens(requestBytes(request), 1));

test("ten steps in a window of 4,096 tokens: at most two compactions, nothing above the window, the task verbatim", async () => {
  const world = windowWorld({ model: looks(10, () => says(JSON.stringify(SUMMARY))) });
  expect(await world.run()).toBe("ended");
  expect(sizes(world)[0]).toBeGreaterThan(1_120);
  expect(sizes(world)[1]).toBeGreaterThan((sizes(world)[0] ?? 0) + 440);
  expect(dataOf(world, "turn.finished")[0]).toMatchObject({ finish: "done", text: "all seen" });
  expect(world.performed).toHaveLength(10);
  const epochs = compactions(world);
  expect(epochs).toHaveLength(2);
  for (const request of world.requests) {
    expect(estimateTokens(requestBytes(request), 1) + request.maxTokens).toBeLessThanOrEqual(WINDOW.tokens);
  }
  expect(world.requests.at(-1)?.messages[0]?.content.at(-1)).toEqual({ type: "text", text: "hello" });
  for (const { tokensBefore = 0, tokensAfter = 0, summary, unsummarised } of epochs) {
    expect(tokensAfter).toBeLessThanOrEqual(0.75 * tokensBefore);
    expect(summary).toEqual(SUMMARY);
    expect(unsummarised).toBeUndefined();
  }
  const last = JSON.stringify(world.requests.at(-1)?.messages[0]);
  expect(last).toContain("Row 11 of the screen has the value 187 in it.");
  for (const number of [2, 3, 4, 5, 6, 7]) expect(last).toContain(`place number ${number} of`);
});

test("a summary extends what the model has read, costs what it costs, and is shown to nobody", async () => {
  const world = windowWorld({ model: looks(10, () => says(JSON.stringify(SUMMARY))) });
  await world.run();
  const asked = world.requests.filter(isSummarising);
  expect(asked).toHaveLength(2);
  const [first] = asked;
  const before = world.requests[world.requests.findIndex((request) => request === first) - 1];
  expect([first?.system, first?.tools]).toEqual([before?.system, before?.tools]);
  const shared = (first?.messages.length ?? 0) - 1;
  expect(first?.messages.slice(0, shared)).toEqual(before?.messages.slice(0, shared));
  const sent = dataOf(world, "request.sent").filter(({ purpose }) => purpose === "summarise");
  const { tools = [], system = "", messages = [] } = before ?? {};
  expect(sent[0]?.reusedBytes).toBe(requestBytes({ tools, system, messages: messages.slice(0, shared) }));
  expect(compactions(world)[0]?.spent?.tokens).toBeGreaterThan(3_000);
});

test("a summary that is none: asked once more, then only what loopd itself knows stands for what goes", async () => {
  const world = windowWorld({ model: looks(10, () => says("I would rather not.")) });
  await world.run();
  expect(dataOf(world, "turn.finished")[0]).toMatchObject({ finish: "done", text: "all seen" });
  const epochs = compactions(world);
  expect(epochs.length).toBeLessThanOrEqual(2);
  const asked = world.requests.filter(isSummarising);
  expect(asked).toHaveLength(2 * epochs.length);
  expect(JSON.stringify(asked[1])).toContain("could not be used: it held no JSON object");
  for (const { unsummarised, summary, carries } of epochs) {
    expect(unsummarised).toBe("the model wrote none: it held no JSON object");
    expect(summary).toBeUndefined();
    expect(JSON.stringify(carries)).toContain("What was called before this, as recorded:");
    expect(JSON.stringify(carries)).not.toContain("I would rather not");
  }
});

test("where counting tokens was not learnt yet, room is made earlier", async () => {
  const guess = windowWorld(
    { model: looks(4, () => says(JSON.stringify(SUMMARY))) },
    { ...WINDOW, isCalibrated: false },
  );
  await guess.run();
  const known = windowWorld({ model: looks(4, () => says(JSON.stringify(SUMMARY))) });
  await known.run();
  expect(compactions(guess)).toHaveLength(1);
  expect(compactions(known)).toHaveLength(0);
});
