import { expect, test } from "vitest";
import { AgentTrace, type AgentModelReply, openSession } from "../../../src/agent/embed/index.ts";
import type { ModelRequest } from "../../../src/agent/ports.ts";
import { recorder, runtime, says, scripted, uses } from "../../fakes/embedded.ts";

const WINDOW = 2_048;
const TASK = "Look at places 1 to 8, one after the other, and mind the «quotes»!";
const SUMMARY = JSON.stringify({ facts: ["Place 1 is red."], decisions: [], openQuestions: [], paths: [] });

/** Tokens of a request and of the response that it has room for, at 3.5 bytes a token. */
const sizeOf = ({ system, tools, messages, maxTokens }: ModelRequest) =>
  JSON.stringify([system, tools, messages]).length / 3.5 + maxTokens;
const isSummarising = ({ messages }: ModelRequest) => JSON.stringify(messages.at(-1)).includes("openQuestions");
const wordsOf = (request: ModelRequest | undefined) => JSON.stringify(request?.messages);

/** A model that looks at eight places, whose descriptions together are far larger than the window. */
function looker(summary: AgentModelReply) {
  let looked = 0;
  return (request: ModelRequest): AgentModelReply => {
    if (isSummarising(request)) return summary;
    if (looked % 9 === 8) return ((looked += 1), says("seen them all"));
    looked += 1;
    return uses(["look", { at: `place ${looked} ${"which is red and wide and old ".repeat(20)}` }]);
  };
}

test("with a window, a conversation is made smaller before it would not fit; its task stays word by word", async () => {
  const { session, requests, done } = scripted([looker(says(SUMMARY))], { window: WINDOW });
  const result = await (await session.send(TASK)).result;
  expect(result).toMatchObject({ finish: "done", text: "seen them all" });
  expect(done).toHaveLength(8);
  for (const request of requests) expect(sizeOf(request)).toBeLessThanOrEqual(WINDOW);
  expect(requests.filter(isSummarising).length).toBeGreaterThan(0);
  const last = requests.findLast((request) => !isSummarising(request));
  expect(wordsOf(last)).toContain(JSON.stringify(TASK).slice(1, -1));
  expect(wordsOf(last)).toContain("Place 1 is red.");
  for (const request of requests) expect(callsOf(request)).toEqual(resultsOf(request));
});

test("a model that writes no summary loses old exchanges, and the turn still ends", async () => {
  const { session, requests } = scripted([looker(says("I would rather not."))], { window: WINDOW });
  expect((await (await session.send(TASK)).result).finish).toBe("done");
  for (const request of requests) expect(sizeOf(request)).toBeLessThanOrEqual(WINDOW);
});

test("a trace that was made smaller goes on from its epoch after it was written down", async () => {
  const model = looker(says(SUMMARY));
  const first = scripted([model], { window: WINDOW });
  await (
    await first.session.send(TASK)
  ).result;
  const lines = JSON.stringify(first.session.trace.snapshot());
  const trace = AgentTrace.from(JSON.parse(lines) as Parameters<typeof AgentTrace.from>[0]);
  const requests: ModelRequest[] = [];
  const again = openSession({
    runtime,
    ...{ tools: recorder().tools, window: WINDOW, trace },
    model: (request) => (requests.push(request), says("as I said")),
  });
  expect((await (await again.send("And?")).result).text).toBe("as I said");
  expect(wordsOf(requests[0])).toContain("Place 1 is red.");
  expect(wordsOf(requests[0]).startsWith(wordsOf(first.requests.at(-1)).slice(0, -1))).toBe(true);
});

test("without a window nothing is ever left out", async () => {
  const { session, requests } = scripted([looker(says(SUMMARY))]);
  await (
    await session.send(TASK)
  ).result;
  expect(requests.some(isSummarising)).toBe(false);
  expect(requests.at(-1)?.messages).toHaveLength(17);
});

test.each([0, 512, 2_048.5, Number.NaN])("a window of %s is refused", (window) => {
  expect(() => scripted([says("")], { window })).toThrow(/^window: a whole number of tokens, at least 1024/);
});

function blocksOf<T extends string>({ messages }: ModelRequest, type: T) {
  const blocks = messages.flatMap(({ content }) => content);
  return blocks.filter((block): block is Extract<typeof block, { type: T }> => block.type === type);
}

function callsOf(request: ModelRequest): string[] {
  return blocksOf(request, "tool_use").map(({ id }) => id);
}

function resultsOf(request: ModelRequest): string[] {
  return blocksOf(request, "tool_result").map(({ tool_use_id: id }) => id);
}
