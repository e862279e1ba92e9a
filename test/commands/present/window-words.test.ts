import { expect, test } from "vitest";
import { epochWords, windowFacts, windowHead } from "../../../src/commands/present/window-words.ts";
import { COMPACTED, windowWith } from "../windows.ts";

const NOW = Date.parse("2026-01-01T12:10:00Z");

test("it says whose window is how full and who says so", () => {
  expect(windowHead(COMPACTED)).toBe("Window of qwen3 at local: 2,140 of 4,096 tokens (52 %), as declared.");
  expect(windowHead(windowWith({ history: 4_000 }, { source: "loaded" }))).toBe(
    "Window of qwen3 at local: 4,000 of 4,096 tokens (98 %), 416 too many with the answer, as the server has it loaded.",
  );
  expect(windowHead(windowWith({ history: 5 }, { source: "assumed" }))).toBe(
    "Window of qwen3 at local: 5 of 4,096 tokens (< 1 %), assumed. Find it out: loopd endpoints probe local; or say it: loopd endpoints set local --window TOKENS",
  );
});

test("an endpoint of one call's variables has no settings to change", () => {
  const unsaved = { endpoint: "unsaved-0a1b2c3d", source: "assumed" as const };
  expect(windowHead(windowWith({ history: 5 }, unsaved))).toBe(
    "Window of qwen3 at unsaved-0a1b2c3d: 5 of 4,096 tokens (< 1 %), assumed. Say it with LOOPD_ENDPOINT_WINDOW=TOKENS.",
  );
});

test("where nobody knows the window, it says so and what to do", () => {
  const unknown = { tokens: undefined, source: undefined };
  expect(windowHead(windowWith({ history: 5 }, unknown))).toBe(
    "Context: 5 tokens. Nobody knows the window of qwen3 at local, so nothing is left out. Find it out: loopd endpoints probe local; or say it: loopd endpoints set local --window TOKENS",
  );
  expect(windowHead(windowWith({}, { ...unknown, endpoint: "rehearsal" }))).toBe(
    "Context: 0 tokens. The rehearsal model has no window.",
  );
});

test("it says what was sent, reused, reported, made smaller and mended", () => {
  expect(windowFacts(COMPACTED, NOW)).toEqual([
    "Counted at 3.15 bytes a token, learnt from the server.",
    "12 requests, 2 to summarise, 1 too large; 2 epochs (start, window).",
    "69 % of all bytes sent were in the request before. The server read 12.7k tokens: 2,500 fresh, 10.2k from its cache.",
    "5 min ago: 2,515 → 792 tokens of conversation; summarised 4 exchanges, kept the last 1; shortened 2 results; cost 960 tokens, $0.0021.",
    "Mended calls in the last 3 turns: 2 coerced, 1 suggested.",
  ]);
});

test("what is unknown is never said to be 0", () => {
  const sent = { turn: 1, summarise: 0, tooLarge: 0, reusedShare: 0 };
  const facts = windowFacts(
    windowWith({}, { requests: sent, epochs: COMPACTED.epochs.slice(0, 1), next: { tokens: 0, isAsked: true } }),
    NOW,
  );
  expect(facts).toEqual([
    "Counted at 3.50 bytes a token, a guess until the server has reported more.",
    "1 request; 1 epoch (start).",
    "The server reported no tokens.",
    "A compaction is asked for and comes before the next request.",
  ]);
  expect(windowFacts(windowWith({}, { requests: sent, reported: { input: 12 } }), NOW)[2]).toMatch(
    /read 12 tokens; whether any came from its cache is unknown\.$/,
  );
});

test("a compaction that wrote no summary, or made nothing smaller, says why", () => {
  const row = { reason: "asked", seq: 9, at: "", droppedExchanges: 3, keptExchanges: 2, shortenedResults: 0 };
  const sizes = { tokensBefore: 12_340, tokensAfter: 2_100 };
  expect(epochWords({ ...row, ...sizes, unsummarised: "it held no JSON object" }, 8_192)).toBe(
    "12,340 → 2,100 tokens of conversation, in a window of 8,192; left out 3 exchanges without a summary (it held no JSON object), kept the last 2",
  );
  expect(epochWords({ ...row, skipped: "it is small already.", spent: { tokens: 40, costUsd: 0 } })).toBe(
    "nothing was made smaller: it is small already; cost 40 tokens",
  );
});
