import { expect, test } from "vitest";
import { callSummary } from "../../../src/commands/present/call.ts";
import { entryGist } from "../../../src/commands/present/entry.ts";
import { entryMaker } from "../entries.ts";

const make = entryMaker();

test("the trace says what was asked, answered, kept and changed", () => {
  const gists = [
    make("card.opened", { cardId: "t1.1.0#1", type: "question", question: { text: "Which\ncity?", from: "mcp maps" } }),
    make("card.opened", { cardId: "t1.1.0#2", type: "approval" }),
    make("card.resolved", { cardId: "t1.1.0#1", resolution: "answered", by: "me", answer: "Berlin" }),
    make("state.changed", { store: "file", key: "/w/a", after: { sha256: "x" } }),
    make("state.changed", { store: "file", key: "/w/a", before: { sha256: "x" }, after: { sha256: "y" } }),
    make("state.changed", { store: "file", key: "/w/a", before: { sha256: "y" } }),
    make("state.changed", { store: "memory", key: "cities", before: "old", after: "new" }),
    make("state.changed", { store: "session", key: "colour", after: "red" }),
    make("state.changed", { store: "session", key: "colour", before: "red" }),
  ].map(entryGist);
  expect(gists).toEqual([
    "question t1.1.0#1 from mcp maps: Which city?",
    "approval t1.1.0#2",
    't1.1.0#1 answered by me: "Berlin"',
    "file /w/a created",
    "file /w/a changed",
    "file /w/a removed",
    "memory cities changed",
    'session colour = "red"',
    "session colour removed",
  ]);
});

test("the trace says what became of the window, and what had to be mended", () => {
  const epoch = {
    endpoint: "e",
    model: "m",
    dialect: "openai" as const,
    system: "s",
    tools: [],
    hash: "h",
    carries: [],
  };
  const made = {
    ...epoch,
    keeps: "all" as const,
    keepsFrom: 12,
    stubs: ["a"],
    tokensBefore: 3_310,
    tokensAfter: 1_940,
  };
  const spent = { tokens: 960, costUsd: 0 };
  const gists = [
    make("epoch.opened", { ...epoch, reason: "start", memoryBytes: 400 }),
    make("epoch.opened", { ...epoch, reason: "model", keeps: "without-thinking" }),
    make("epoch.opened", { ...made, reason: "window", spent }),
    make("epoch.opened", { ...made, reason: "asked", unsummarised: "it said nothing" }),
    make("epoch.skipped", { reason: "asked", why: "it is small already", spent }),
    make("compaction.asked", { by: "me", note: "Keep the prices" }),
    make("request.failed", { code: "endpoint-context-overflow", message: "too long" }),
    make("warning.raised", { code: "messages-dropped", text: "The server drops messages." }),
    make("turn.finished", { finish: "done", text: "Yes.", repairs: { coerced: 2, rescued: 1 } }),
  ].map(entryGist);
  expect(gists).toEqual([
    "start: m at e in openai, 0 tools, 400 B of notes, keeps nothing of what was said",
    "model: m at e in openai, 0 tools, keeps all of what was said, without thinking",
    "window, 3,310 → 1,940 tokens: m at e in openai, 0 tools, keeps all from message 12 on, 1 result shortened, for 960 tokens",
    "asked, 3,310 → 1,940 tokens: m at e in openai, 0 tools, keeps all from message 12 on, no new summary: it said nothing, 1 result shortened",
    "asked: it is small already, for 960 tokens",
    "by me: Keep the prices",
    "endpoint-context-overflow: too long",
    "messages-dropped: The server drops messages.",
    "done, mended 2 coerced, 1 rescued: Yes.",
  ]);
});

test("a result says what came beside its text", () => {
  const content = [
    { type: "image" as const, mediaType: "image/png", blob: "b", bytes: 12_345 },
    { type: "structured" as const, value: { a: 1 } },
  ];
  const end = { callId: "t1.1.0", attempt: 1, name: "x__y", outcome: "ok" as const, durationMs: 5, text: "Done" };
  expect(entryGist(make("tool.finished", { ...end, content, isSideEffectPossible: false }))).toBe(
    "x__y ok after 5 ms with image of 12.3 kB, data: Done",
  );
  expect(entryGist(make("tool.late", { ...end, durationMs: 65_000 }))).toMatch(/too late: ok$/);
});

test.each([
  ["files_write", { path: "a.md", text: "x".repeat(1000) }, "write a.md"],
  ["files_edit", { path: "a.md", edits: [{}, {}] }, "edit a.md (2 edits)"],
  ["web_fetch", { url: "https://a.example/x" }, "fetch https://a.example/x"],
  ["open_url", { url: "https://a.example" }, "open https://a.example"],
  ["clipboard_write", { text: "secret words" }, "put on the clipboard “secret words”"],
  ["app_open", { app: "Calculator" }, "open Calculator"],
  ["app_open", { app: "Editor", path: "a.md" }, "open Editor with a.md"],
  ["ask_user", { question: "Which city?" }, "ask “Which city?”"],
  ["memory_write", { topic: "cities", text: "x" }, "write the note “cities”"],
  ["query_state", { sql: "SELECT 1" }, "query loopd's records: SELECT 1"],
  ["state_get", {}, "look up all values"],
  ["github__create_issue", { title: "Bug", labels: ["a"] }, 'github: create_issue title=Bug labels=["a"]'],
  ["files_write", { path: 5 }, "files_write path=5"],
  ["constructor", {}, "constructor"],
])("%s %j is called: %s", (name, values, summary) => {
  expect(callSummary(name, values)).toBe(summary);
});
