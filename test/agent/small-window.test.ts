import { expect, test } from "vitest";
import { memoryIndex, memoryWithin } from "../../src/agent/context/memory-index.ts";
import { outputShare } from "../../src/agent/context/output-share.ts";
import { outputTokens, thinkingTokens } from "../../src/agent/context/output-tokens.ts";
import { refusal } from "../../src/agent/context/room.ts";
import type { ModelWindow, Settings } from "../../src/agent/ports.ts";
import { limitsSchema, type Limits } from "../../src/protocol/config.ts";
import type { Overrides } from "../../src/protocol/entries.ts";
import { memoryWorld, says, use } from "../fakes/memory-ports.ts";

const windowOf = (tokens: number, factor = 1): ModelWindow => ({
  tokens,
  source: "declared",
  factor,
  isCalibrated: false,
});

/** Settings that know of a window, or of none. */
function settingsWith(tokens: number | undefined, limits: Partial<Limits> = {}, factor = 1): Settings {
  const { settings } = memoryWorld({ replies: [says("")] });
  const window = tokens === undefined ? undefined : windowOf(tokens, factor);
  return { ...settings, limits: limitsSchema.parse(limits), windowOf: () => window };
}

const asking = (overrides: Overrides) => ({ endpoint: "e", model: "m", overrides });

test.each<[string, number | undefined, Overrides, number, number | undefined]>([
  ["nothing is known", undefined, {}, 4_096, undefined],
  ["the window is large", 200_000, {}, 4_096, undefined],
  ["the window is middling", 16_384, {}, 2_048, undefined],
  ["the window is small", 4_096, {}, 512, undefined],
  ["the turn asks for more", 4_096, { maxOutputTokens: 1_500 }, 1_500, undefined],
  ["the turn asks for too much", 4_096, { maxOutputTokens: 8_000 }, 2_048, undefined],
  ["the turn asks for less", 4_096, { maxOutputTokens: 100 }, 100, undefined],
  ["thinking comes on top", 4_096, { thinkingTokens: 1_024 }, 1_536, 1_024],
  ["thinking leaves a quarter for the answer", 4_096, { thinkingTokens: 4_000 }, 2_048, 1_536],
  ["so little thinking that servers refuse it", 2_048, { thinkingTokens: 1_024 }, 1_024, undefined],
  ["thinking within what was asked", 32_768, { maxOutputTokens: 8_000, thinkingTokens: 7_999 }, 8_000, 7_999],
  [
    "thinking beyond what is left of what was asked",
    8_192,
    { maxOutputTokens: 9_000, thinkingTokens: 6_000 },
    4_096,
    3_072,
  ],
])("tokens of a response: %s", (_, window, overrides, output, thinking) => {
  const settings = settingsWith(window);
  expect(outputTokens(asking(overrides), settings)).toBe(output);
  expect(thinkingTokens(asking(overrides), settings)).toBe(thinking);
});

test.each([1_024, 2_048, 4_096, 6_000, 8_192, 32_768, 200_000])(
  "whatever a turn asks for in %i tokens, thinking stays below the response, and the response at half of the window",
  (window) => {
    for (const maxOutputTokens of [undefined, 16, 512, 4_096, 1_000_000]) {
      for (const thinkingAsked of [undefined, 1_024, 4_095, 1_000_000]) {
        const turn = asking({ maxOutputTokens, thinkingTokens: thinkingAsked });
        const most = outputTokens(turn, settingsWith(window));
        const thinking = thinkingTokens(turn, settingsWith(window));
        expect(most).toBeGreaterThanOrEqual(Math.min(16, maxOutputTokens ?? 16));
        expect(most).toBeLessThanOrEqual(window / 2);
        if (thinking !== undefined) expect(thinking).toBeLessThan(most);
        if (thinking !== undefined) expect(thinking).toBeGreaterThanOrEqual(1_024);
      }
    }
  },
);

/** What each of so many calls of one step may bring. */
function shareOf(count: number, settings: Settings): number | undefined {
  const world = memoryWorld({ replies: [says("")] });
  const content = Array.from({ length: count }, (_, n) => use("look", { n }, `i${n}`));
  world.write({ kind: "model.responded", session: "s1", turn: "t1", data: { content, stopReason: "tool_use" } });
  const { turn } = world.view();
  return turn && outputShare(turn, settings);
}

test.each([
  [1, 4_096, 1, 1_433],
  [2, 4_096, 1, 1_433],
  [4, 4_096, 1, 896],
  [8, 4_096, 1, 448],
  [12, 4_096, 1, 400],
  [1, 4_096, 1.75, 819],
  [1, 200_000, 1, 16_384],
  [1, 1_024, 1, 400],
])("of %i calls in %i tokens, at a factor of %d, each brings %i bytes", (count, window, factor, bytes) => {
  expect(shareOf(count, settingsWith(window, {}, factor))).toBe(bytes);
});

test("the limit holds in a large window, without a window, and below what a share would be", () => {
  expect(shareOf(1, settingsWith(undefined))).toBe(16_384);
  expect(shareOf(8, settingsWith(undefined, { toolOutputBytes: 300 }))).toBe(300);
  expect(shareOf(1, settingsWith(4_096, { toolOutputBytes: 256 }))).toBe(256);
});

const topics = Array.from({ length: 40 }, (_, n) => `- topic ${n}: what it says, in some words`);

test("the index of the notes keeps to its part of the window, in whole lines, and counts the rest", () => {
  const whole = memoryIndex(topics, 3, 100_000);
  expect(whole.split("\n")).toHaveLength(42);
  for (const tokens of [4_096, 6_000, 8_192, 100_000]) {
    const index = memoryWithin(whole, windowOf(tokens));
    expect(Math.ceil(Buffer.byteLength(index) / 3.5)).toBeLessThanOrEqual(tokens / 16);
    const lines = index.split("\n").slice(1, -1);
    expect(topics.slice(0, lines.length)).toEqual(lines);
    expect(lines.length).toBeGreaterThan(10);
    expect(index.split("\n").at(-1)).toBe(`and ${43 - lines.length} more: memory_list`);
  }
  expect(memoryWithin(whole, undefined)).toBe(whole);
  expect(memoryWithin("", windowOf(4_096))).toBe("");
  expect(memoryWithin(whole, windowOf(1_024)).split("\n").at(-1)).toMatch(/^and \d+ more/);
  expect(memoryWithin(whole, windowOf(100))).toBe("");
});

test("a note called like the line that counts is one more note", () => {
  const index = memoryIndex(["- and 7 more: memory_list"], 0, 1_000);
  expect(memoryWithin(index, windowOf(8_192))).toBe(index);
});

test.each([
  ["home", "run: loopd endpoints probe home; or say how large it is: loopd endpoints set home --window N"],
  ["unsaved-1a2b3c4d", "or say how large it is: LOOPD_ENDPOINT_WINDOW=N"],
])("what the window of %s cannot hold is refused with a command that exists", (endpoint, advice) => {
  const world = memoryWorld({ replies: [says("")] });
  const { turn } = world.view();
  if (turn === undefined) throw new Error("the world begins with a turn");
  const tools = [{ name: "look", description: "x".repeat(9_000), input_schema: {} }];
  const epoch = { id: "e1", endpoint, model: "m", takesImages: false, system: "", tools };
  const refused = refusal({ ...world.view(), epoch }, { ...turn, endpoint }, settingsWith(4_096));
  expect(refused?.code).toBe("window-too-small");
  expect(refused?.message.endsWith(advice)).toBe(true);
});
