import { describe, expect, test } from "vitest";
import { type CountHistory, judgeCount } from "../../../helper-daemon/endpoints/dropped-messages.ts";
import { chooser } from "../../fakes/chooser.ts";

const HEAD_BYTES = 4_500;

/** A message of a conversation as a server sees it: its bytes, and how many tokens they are. */
interface Sent {
  bytes: number;
  tokens: number;
}

/** What a server says of a request whose messages are these. */
type Server = (head: Sent, messages: Sent[], number: number) => number;

/** 3.5 bytes a token, unless the text is denser. */
const message = (bytes: number, bytesPerToken = 3.5): Sent => ({ bytes, tokens: bytes / bytesPerToken });
const sum = (messages: readonly Sent[]) => messages.reduce((total, { tokens }) => total + tokens, 0);

const honest: Server = (head, messages) => Math.round(head.tokens + sum(messages));
const fresh: Server = (head, messages, number) =>
  Math.round(number === 0 ? head.tokens + sum(messages) : sum(messages.slice(-2)));
const dropping =
  (window: number): Server =>
  (head, messages) => {
    const kept = [...messages];
    while (kept.length > 1 && head.tokens + sum(kept) > window) kept.shift();
    return Math.round(Math.min(window, head.tokens + sum(kept)));
  };

/** What is made of each request of a conversation: two messages more in each than in the one before. */
function verdicts(server: Server, steps: readonly (readonly Sent[])[], head = message(HEAD_BYTES)) {
  let history: CountHistory | undefined;
  const messages: Sent[] = [];
  return steps.map((step, number) => {
    messages.push(...step);
    const bytes = head.bytes + messages.reduce((total, one) => total + one.bytes, 0);
    const tokens = server(head, messages, number);
    const verdict = judgeCount({ bytes, headBytes: head.bytes, thinkingBytes: 0, tokens, factor: 1 }, history);
    ({ history } = verdict);
    return verdict.type === "dropped" ? verdict.window : verdict.type;
  });
}

const steps = (bytes: number, count = 12) => Array.from({ length: count }, () => [message(300), message(bytes)]);

describe("a server that leaves out the oldest messages is found out", () => {
  test.each([
    [4_096, 1_500],
    [4_096, 4_000],
    [4_096, 9_000],
    [8_192, 3_000],
    [32_768, 20_000],
  ])("with a window of %i tokens and results of %i bytes", (window, bytes) => {
    const said = verdicts(dropping(window), steps(bytes, 40));
    const first = said.findIndex((one) => typeof one === "number");
    const full = Math.floor((window - HEAD_BYTES / 3.5) / ((bytes + 300) / 3.5));
    expect(first).toBeGreaterThanOrEqual(full);
    expect(first).toBeLessThanOrEqual(full + 1);
    expect(said.slice(0, first)).not.toContain("dropped");
    expect(said[first]).toBeGreaterThan(window * 0.5);
    expect(said[first]).toBeLessThanOrEqual(window);
  });

  test("where its count creeps along below the window", () => {
    const creeping: Server = (_head, _messages, number) => Math.min(1_300 + number * 300, 4_000 + number);
    expect(verdicts(creeping, steps(700, 40)).some((one) => typeof one === "number")).toBe(true);
  });

  test("where the first request was too large already", () => {
    const said = verdicts(dropping(4_096), [[message(60_000)], ...steps(1_500, 3)]);
    expect(said.some((one) => typeof one === "number")).toBe(true);
  });
});

describe("no alarm", () => {
  test.each([
    ["counts everything", honest],
    ["counts only what is fresh", fresh],
    ["counts nothing", () => 0],
    ["always counts the same", () => 100],
    ["counts one", () => 1],
    ["counts less than nothing", () => -5],
    ["counts fractions", (_head, _messages, number) => 1_000.5 + number],
    ["counts to infinity", () => Infinity],
    ["counts no number", () => Number.NaN],
    ["counts far too many", () => 10_000_000],
  ] as const satisfies [string, Server][])("for a server that %s", (_name, server) => {
    for (const bytes of [200, 1_500, 4_000, 9_000, 40_000]) {
      const said = verdicts(server, steps(bytes));
      expect({ bytes, alarms: said.filter((one) => typeof one === "number") }).toEqual({ bytes, alarms: [] });
    }
  });

  test("for any text, honest or fresh counts, dense and thin in turn", () => {
    const { pick } = chooser(5);
    let freshAlarms = 0;
    for (let round = 0; round < 300; round += 1) {
      const text = () => message(pick([50, 400, 2_000, 8_000]), pick([2, 3, 3.5, 4, 5, 8]));
      const random = Array.from({ length: 15 }, () => [text(), text()]);
      const head = message(HEAD_BYTES, pick([3, 3.5, 4]));
      const alarms = (said: (string | number)[]) => said.filter((one) => typeof one === "number").length;
      expect(alarms(verdicts(honest, random, head))).toBe(0);
      freshAlarms += alarms(verdicts(fresh, random, head)) > 0 ? 1 : 0;
    }
    expect(freshAlarms).toBe(0);
  });

  test("for a template that leaves earlier thinking out", () => {
    const first = { bytes: 10_000, headBytes: HEAD_BYTES, thinkingBytes: 7_000, tokens: 4_857, factor: 1 };
    const { history } = judgeCount(first, undefined);
    expect(judgeCount({ ...first, bytes: 11_000, tokens: 3_143 }, history).type).toBe("whole");
  });

  test("for a fresh count after its cache was lost", () => {
    const lost: Server = (head, messages, number) => (number === 6 ? honest : fresh)(head, messages, number);
    expect(verdicts(lost, steps(1_500)).filter((one) => typeof one === "number")).toEqual([]);
  });
});

test("a server that always reports the same small number has no window of that size", () => {
  let history: CountHistory | undefined;
  for (let step = 0; step < 30; step += 1) {
    const request = { bytes: 4_500 + step * 900, headBytes: 3_100, thinkingBytes: 0, tokens: 900, factor: 1 };
    const verdict = judgeCount(request, history);
    expect(verdict.type).not.toBe("dropped");
    history = verdict.history;
  }
});
