import type { Limits } from "../../../src/protocol/config.ts";
import { type Behaviour, script } from "../../fakes/model-server.ts";
import type { DialectName } from "./stream-contract.ts";

/** What a server does, said without a dialect, and what has to come of it in every one. */
export interface Conduct {
  name: string;
  server: Behaviour;
  limits?: Partial<Limits>;
  /** Matched against the reply. */
  reply: object;
  requests?: number;
  waits?: number[];
  /** Where one dialect cannot do this at all. */
  only?: DialectName;
}

const responded = (content: object[], stopReason: string, more: object = {}) => ({
  type: "responded",
  content,
  stopReason,
  ...more,
});
const failed = (code: string) => ({ type: "failed", code });
const text = (words: string) => ({ type: "text", text: words });
const call = (name: string, input: object) => ({ type: "tool_use", name, input });
const cut = (name: string, unparsed: string) => ({ type: "tool_use", name, input: {}, unparsed });

const WORDS = 'A rather long answer – with ünicode 🙂, a\nnew line and "quotes"';
const usage = { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 };
const two = [
  { name: "files_list", input: { path: "a b", deep: { list: [1, null, "ü"] } }, text: "I look." },
  { name: "files_read", input: {} },
];
const twoCalls = [text("I look."), call("files_list", two[0]?.input ?? {}), call("files_read", {})];

/** Each of these once as a stream and once as one JSON document. */
const EITHER_WAY: Conduct[] = [
  { name: "says text", server: script().says(WORDS), reply: responded([text(WORDS)], "end_turn") },
  {
    name: "thinks, then says",
    server: script().thinks("Hm, let me", "c2ln").says("Yes"),
    reply: responded([{ type: "thinking", thinking: "Hm, let me" }, text("Yes")], "end_turn"),
  },
  { name: "calls two tools behind a text", server: script().calls(two), reply: responded(twoCalls, "tool_use") },
  {
    name: "calls the same tool twice under one id",
    server: script()
      .calls([
        { name: "a", input: { x: 1 } },
        { name: "a", input: { y: 2 } },
      ])
      .sameId(),
    reply: responded([call("a", { x: 1 }), call("a", { y: 2 })], "tool_use"),
  },
  {
    name: "calls under the reason of an ended text",
    server: script().calls("a", { b: 1 }).stopReason("end_turn"),
    reply: responded([call("a", { b: 1 })], "end_turn"),
  },
  {
    name: "calls under the reason of a full window",
    server: script().calls("a", { b: 1 }).oneChunk().stopReason("refusal"),
    reply: responded([call("a", { b: 1 })], "refusal"),
  },
  {
    name: "is cut off within a text",
    server: script().says("half of").stopReason("max_tokens"),
    reply: responded([text("half of")], "max_tokens"),
  },
  { name: "refuses", server: script().says("No.").stopReason("refusal"), reply: responded([text("No.")], "refusal") },
  {
    name: "reports tokens and cached ones",
    server: script().says("hi").withUsage(usage),
    reply: responded([text("hi")], "end_turn", { usage: { inputTokens: 100, cachedTokens: 90, outputTokens: 5 } }),
  },
  {
    name: "reports no tokens",
    server: script().says("hi").withoutUsage(),
    reply: { ...responded([text("hi")], "end_turn") },
  },
  ...['{"path":"/tmp', '{"a":1,"b":', "[1,2]", '"text"', "{'a':1}", "{} trailing"].map((words) => ({
    name: `calls with the arguments ${words}`,
    server: script().truncatedArguments("files_write", words),
    reply: responded([cut("files_write", words)], "max_tokens"),
  })),
  {
    name: "is cut off before the first argument",
    server: script().truncatedArguments("files_write", ""),
    reply: responded([cut("files_write", "")], "max_tokens"),
  },
  {
    name: "says more than an entry holds",
    server: script()
      .says("x".repeat(4 * 1024 * 1024))
      .oneChunk(),
    limits: { requestAttempts: 1 },
    reply: failed("endpoint-bad-response"),
  },
];

const AS_A_STREAM: Conduct[] = [
  {
    name: "sends each block in one piece",
    server: script().calls(two).oneChunk(),
    reply: responded(twoCalls, "tool_use"),
  },
  {
    name: "breaks off within a text, then answers",
    server: script().cutsOff({ after: "text" }).says("done"),
    reply: responded([text("done")], "end_turn"),
    requests: 2,
  },
  {
    name: "breaks off within arguments, then answers",
    server: script().cutsOff({ after: "arguments" }).says("done"),
    reply: responded([text("done")], "end_turn"),
    requests: 2,
  },
  {
    name: "breaks off within arguments, always",
    server: script().cutsOff({ after: "arguments" }).repeatLast(),
    reply: failed("endpoint-bad-response"),
    requests: 2,
  },
  {
    name: "is overloaded in the middle, then answers",
    server: script().overloadedMidStream().says("done"),
    reply: responded([text("done")], "end_turn"),
    requests: 2,
  },
  {
    name: "is overloaded in the middle, always",
    server: script().overloadedMidStream().repeatLast(),
    reply: failed("endpoint-overloaded"),
    requests: 2,
  },
  {
    name: "never says that a call is complete",
    server: script().calls("shell_run", { command: "rm x" }).withoutStop().repeatLast(),
    reply: failed("endpoint-bad-response"),
    requests: 2,
  },
  {
    name: "stalls after the first words",
    server: script().stalls().says("done"),
    limits: { streamIdleMs: 1_000 },
    reply: responded([text("done")], "end_turn"),
    requests: 2,
  },
  {
    name: "never answers",
    server: script().silent().repeatLast(),
    limits: { streamIdleMs: 100 },
    reply: failed("endpoint-timed-out"),
    requests: 2,
  },
  {
    name: "closes an empty stream",
    server: script().sends("").repeatLast(),
    reply: failed("endpoint-bad-response"),
    requests: 1,
  },
  {
    name: "streams garbage",
    server: script().sends("data: {not json\n\n"),
    reply: failed("endpoint-bad-response"),
    requests: 1,
  },
];

const INSTEAD: Conduct[] = [
  { name: "sends a web page", server: script().html(), reply: failed("endpoint-bad-response"), requests: 1 },
  {
    name: "sends an error with status 200",
    server: script().sends('{"error":{"message":"no such model"}}', "application/json"),
    reply: { ...failed("endpoint-bad-response") },
    requests: 1,
  },
  {
    name: "sends other JSON",
    server: script().sends('{"hello":["world"]}', "application/json"),
    reply: failed("endpoint-bad-response"),
    requests: 1,
  },
  {
    name: "sends JSON that is no object",
    server: script().sends("null", "application/json"),
    reply: failed("endpoint-bad-response"),
    requests: 1,
  },
  {
    name: "limits, then answers",
    server: script().status(429, { retryAfter: 2 }).says("done"),
    reply: responded([text("done")], "end_turn"),
    requests: 2,
    waits: [2000],
  },
  {
    name: "is overloaded, then answers",
    server: script()
      .status(529, { headers: { "retry-after-ms": "125" } })
      .says("done"),
    reply: responded([text("done")], "end_turn"),
    requests: 2,
    waits: [125],
  },
  {
    name: "fails, always",
    server: script().status(503).repeatLast(),
    limits: { requestAttempts: 3 },
    reply: failed("endpoint-server-error"),
    requests: 3,
    waits: [250, 500],
  },
  { name: "refuses the key", server: script().status(401), reply: failed("endpoint-unauthorized"), requests: 1 },
  { name: "knows no such model", server: script().status(404), reply: failed("endpoint-not-found"), requests: 1 },
  {
    name: "sends on to elsewhere",
    server: script().status(307, { headers: { location: "http://127.0.0.1:1/" } }),
    reply: failed("endpoint-bad-response"),
    requests: 1,
  },
  {
    name: "finds the conversation too long",
    server: script().status(
      400,
      {},
      { error: { message: "This model's maximum context length is 4096 tokens.", code: "context_length_exceeded" } },
    ),
    reply: failed("endpoint-context-overflow"),
    requests: 1,
  },
  {
    name: "rejects in the words of another framework",
    server: script().status(422, {}, { detail: "field missing" }),
    reply: { ...failed("endpoint-rejected") },
    requests: 1,
  },
];

/** Every conduct, those that can come either way in both. */
export const CONDUCTS: readonly Conduct[] = [
  ...EITHER_WAY,
  ...EITHER_WAY.map((conduct) => ({
    ...conduct,
    name: `${conduct.name}, without streaming`,
    server: whole(conduct.server),
  })),
  ...AS_A_STREAM,
  ...INSTEAD,
];

function whole(behaviour: Behaviour): Behaviour {
  const copy = script();
  if (typeof behaviour !== "function") copy.steps.push(...behaviour.steps.map((step) => ({ ...step, isWhole: true })));
  return copy;
}
