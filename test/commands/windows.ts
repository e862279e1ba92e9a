import type { SessionWindow } from "../../src/protocol/session-window.ts";

const NOTHING = { system: 0, tools: 0, memory: 0, summary: 0, history: 0, screen: 0 };

/** A window of 4,096 tokens with these parts, for tests of what faces make of it. */
export function windowWith(
  parts: Partial<Omit<SessionWindow["parts"], "free">>,
  rest: Partial<Omit<SessionWindow, "parts">> = {},
): SessionWindow {
  const { reserve = 512, ...filled } = parts;
  const request = { ...NOTHING, ...filled };
  const tokens = Object.values(request).reduce((sum, part) => sum + part, 0);
  const base: Omit<SessionWindow, "parts"> = {
    ...{
      endpoint: "local",
      model: "qwen3",
      tokens: 4_096,
      source: "declared" as const,
      factor: 1,
      isCalibrated: false,
    },
    next: { tokens, isAsked: false },
    requests: { turn: 0, summarise: 0, tooLarge: 0 },
    ...{ reported: {}, epochs: [], repairs: { turns: 0, counts: {} } },
    ...rest,
  };
  const free = base.tokens === undefined ? {} : { free: Math.max(0, base.tokens - tokens - reserve) };
  return { ...base, parts: { ...request, reserve, ...free } };
}

/** One that was made smaller once, after a summary. */
export const COMPACTED = windowWith(
  { system: 190, tools: 940, memory: 60, summary: 300, history: 520, screen: 130 },
  {
    factor: 1.11,
    isCalibrated: true,
    requests: { turn: 12, summarise: 2, tooLarge: 1, reusedShare: 0.694 },
    reported: { input: 12_700, fresh: 2_500, cached: 10_200 },
    epochs: [
      {
        reason: "start",
        seq: 3,
        at: "2026-01-01T12:00:00Z",
        droppedExchanges: 0,
        keptExchanges: 0,
        shortenedResults: 0,
      },
      {
        ...{ reason: "window", seq: 35, at: "2026-01-01T12:05:00Z", tokensBefore: 2_515, tokensAfter: 792 },
        ...{ droppedExchanges: 4, keptExchanges: 1, shortenedResults: 2, spent: { tokens: 960, costUsd: 0.00213 } },
      },
    ],
    repairs: { turns: 3, counts: { coerced: 2, suggested: 1 } },
  },
);
