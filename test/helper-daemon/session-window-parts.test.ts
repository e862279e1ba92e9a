import { expect, test } from "vitest";
import { sessionWindow } from "../../helper-daemon/session-window.ts";
import { canonicalize } from "../../src/agent/canonical.ts";
import type { Settings } from "../../src/agent/ports.ts";
import { limitsSchema } from "../../src/protocol/config.ts";
import type { EntryData } from "../../src/protocol/entries.ts";
import { entryMaker, requestTo, startedBy } from "../commands/entries.ts";

const settings: Settings = {
  ...{ rules: [], hooks: [], limits: limitsSchema.parse({}), memoryIndex: "" },
  tools: {
    schemas: () => [],
    schemaOf: () => undefined,
    find: () => undefined,
    parse: () => ({ type: "invalid", message: "" }),
    suggest: () => "",
  },
  windowOf: () => ({ tokens: 8_192, source: "loaded", factor: 1, isCalibrated: true }),
};
const tokens = (value: unknown) => Math.ceil(Buffer.byteLength(canonicalize(value)) / 3.5);
const NOTES = "Your notes: a, b and c.";
const EPOCH: EntryData<"epoch.opened"> = {
  ...{ reason: "start", endpoint: "e", model: "m", tools: [], hash: "h", carries: [] },
  ...{ system: `You are loopd.\n${NOTES}`, memoryBytes: NOTES.length },
};
const SUMMARY = { role: "user" as const, content: [{ type: "text" as const, text: "Earlier: much was said." }] };

/** A session that has called these tools, one a step, and is about to send what they said. */
function sessionWith(calls: { name: string; input: object; text: string }[], ...epochs: EntryData<"epoch.opened">[]) {
  const make = entryMaker();
  const steps = calls.flatMap(({ name, input, text }, index) => {
    const callId = `t1.${index + 1}.0`;
    const inner = name === "call_tool" ? (input as { name: string }).name : name;
    const end = { callId, attempt: 1, name: inner, outcome: "ok" as const, durationMs: 1, text };
    const use = { type: "tool_use" as const, id: `u${index}`, name, input: input as Record<string, string> };
    return [
      make("request.sent", requestTo("m")),
      make("model.responded", { content: [use], stopReason: "tool_use" }),
      make("tool.requested", { callId, name: inner, arguments: {}, effect: "read" }),
      make("tool.started", { callId, attempt: 1, timeLimitMs: 1 }),
      make("tool.finished", { ...end, isSideEffectPossible: false }),
    ];
  });
  const entries = [
    make("session.created", { title: "t", workspace: "/w", nonce: "k3f9x2ab" }),
    make("turn.started", startedBy("e")),
    make("epoch.opened", EPOCH),
    ...steps,
    ...epochs.map((epoch) => make("epoch.opened", epoch)),
  ];
  return sessionWindow({ session: "s1", entries, settings });
}

test("results of tools that look at the screen have a part of their own, however they were called", () => {
  const screen = "button OK\n".repeat(40);
  const others = [{ name: "files_read", input: { path: "a" }, text: "words" }];
  expect(sessionWith(others).parts.screen).toBe(0);
  const seen = sessionWith([
    { name: "screen_read", input: {}, text: screen },
    ...others,
    { name: "call_tool", input: { name: "screen_capture", arguments: {} }, text: screen },
  ]);
  const result = { type: "tool_result", tool_use_id: "u0", content: screen };
  expect(Math.abs(seen.parts.screen - 2 * tokens(result))).toBeLessThanOrEqual(2);
  expect(seen.parts.history).toBeGreaterThan(sessionWith(others).parts.history);
});

test("the index of the notes is no part of the system text", () => {
  const { parts } = sessionWith([]);
  expect(parts.memory).toBe(Math.ceil(NOTES.length / 3.5));
  expect(parts.system).toBe(Math.ceil("You are loopd.\n".length / 3.5));
});

test("a summary is counted as long as it is sent, also through epochs that change nothing of it", () => {
  const calls = [1, 2, 3].map((index) => ({
    name: "files_read",
    input: { path: `${index}` },
    text: "words ".repeat(50),
  }));
  const cut: EntryData<"epoch.opened"> = { ...EPOCH, reason: "window", keeps: "all", keepsFrom: 3, carries: [SUMMARY] };
  const redacted: EntryData<"epoch.opened"> = { ...EPOCH, reason: "redaction", keeps: "all" };
  const { parts, epochs } = sessionWith(calls, cut);
  expect(parts.summary).toBe(tokens(SUMMARY));
  expect(parts.history).toBeLessThan(sessionWith(calls).parts.history);
  expect(epochs.at(-1)).toMatchObject({ reason: "window", droppedExchanges: 1, keptExchanges: 2, shortenedResults: 0 });
  expect(sessionWith(calls, cut, redacted).parts).toEqual(parts);
  expect(sessionWith(calls, cut, { ...cut, keepsFrom: 1, carries: [] }).parts.summary).toBe(0);
  expect(sessionWith(calls, cut, { ...EPOCH, reason: "cleared" }).parts).toMatchObject({ summary: 0 });
});
