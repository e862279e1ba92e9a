import { expect, test } from "vitest";
import { presentFinish } from "../../../src/commands/present/finish.ts";
import { ago, byteSize, count, duration } from "../../../src/commands/present/quantity.ts";
import { callSummary } from "../../../src/commands/present/call.ts";
import { finishSchema } from "../../../src/protocol/values.ts";

test("every finish has its exit code and a sentence", () => {
  const codes = Object.fromEntries(finishSchema.options.map((finish) => [finish, presentFinish(finish).exitCode]));
  expect(codes).toEqual({
    done: 0,
    "max-tokens": 1,
    "step-limit": 1,
    budget: 1,
    refused: 1,
    cancelled: 130,
    failed: 1,
    interrupted: 1,
  });
  expect(presentFinish("failed", { code: "endpoint-unreachable", message: "Nobody there." })).toMatchObject({
    exitCode: 5,
    sentence: "Nobody there.",
  });
  expect(presentFinish("failed", { code: "store-full", message: "Full." }).exitCode).toBe(1);
  expect(presentFinish("budget", undefined, "This turn has used its 7 tokens.").sentence).toMatch(
    /^This turn has used its 7 tokens\. .*ask again/,
  );
});

test("quantities read as people say them", () => {
  expect([0, 999, 1000, 59_949, 59_951, 185_000, 3_599_600, 7_800_000].map(duration)).toEqual([
    "0 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1 min",
    "3 min 5 s",
    "1 h",
    "2 h 10 min",
  ]);
  expect([0, 999, 1000, 999_949, 999_950, 80_100_000].map(byteSize)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "999.9 kB",
    "1.0 MB",
    "80.1 MB",
  ]);
  expect([0, 2431, 18_340, 999_949, 999_950].map(count)).toEqual(["0", "2,431", "18.3k", "999.9k", "1.0M"]);
  const now = Date.parse("2026-01-02T00:00:00Z");
  expect(
    ["2026-01-01T23:59:30Z", "2026-01-01T23:55:00Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "?"].map((at) =>
      ago(at, now),
    ),
  ).toEqual(["just now", "5 min ago", "1 day ago", "just now", "?"]);
});

test("calls are summed up in one safe line", () => {
  expect(callSummary("files_list", {})).toBe("list .");
  expect(callSummary("files_list", { path: "src", recursive: true })).toBe("list src and all below");
  expect(callSummary("files_read", { path: "README.md" })).toBe("read README.md");
  expect(callSummary("files_read", { path: 7 })).toBe("files_read path=7");
  expect(callSummary("files_search", { pattern: "TODO", path: "src" })).toBe("search “TODO” in src");
  expect(callSummary("shell_run", { command: "a\nb\u001b[2J" })).toBe("run `a b⟨U+001B⟩[2J`");
  expect(callSummary("constructor", { a: [1] })).toBe("constructor a=[1]");
  expect(callSummary("x", null)).toBe("x");
});
