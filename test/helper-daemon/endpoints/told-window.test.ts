import { expect, test } from "vitest";
import { isContextOverflow, serverWords } from "../../../helper-daemon/endpoints/server-words.ts";
import { toldWindow } from "../../../helper-daemon/endpoints/told-window.ts";
import { script } from "../../fakes/model-server.ts";
import { askWatched, DIALECTS } from "./stream-contract.ts";

const openai = (message: string) => ({ error: { message, type: "invalid_request_error", code: null } });
const anthropic = (message: string) => ({ type: "error", error: { type: "invalid_request_error", message } });

/** What servers say when a request is too long for them, and the window that follows from it. */
const OVERFLOWS: readonly [server: string, body: unknown, window: number | undefined][] = [
  [
    "llama.cpp",
    {
      error: {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 9_001,
        n_ctx: 4_096,
      },
    },
    4_096,
  ],
  [
    "llama.cpp, newer",
    {
      error: {
        code: 400,
        message: "request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it",
        type: "exceed_context_size_error",
      },
    },
    8_192,
  ],
  [
    "vLLM",
    openai(
      "This model's maximum context length is 16384 tokens. However, you requested 20000 tokens (18000 in the messages, 2000 in the completion). Please reduce the length of the messages or completion.",
    ),
    16_384,
  ],
  [
    "OpenAI",
    {
      error: {
        message:
          "This model's maximum context length is 128,000 tokens. However, your messages resulted in 130,000 tokens.",
        code: "context_length_exceeded",
      },
    },
    128_000,
  ],
  ["Anthropic", anthropic("prompt is too long: 210421 tokens > 200000 maximum"), 200_000],
  [
    "Anthropic, with the answer",
    anthropic("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length"),
    200_000,
  ],
  [
    "LM Studio",
    {
      error:
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough. Try to load the model with a larger context length",
    },
    4_096,
  ],
  [
    "LM Studio, newer",
    {
      error:
        "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 7342>= n_ctx: 4096).",
    },
    4_096,
  ],
  ["Ollama", { error: "the input length exceeds the context length" }, undefined],
  ["Ollama, named", { error: "prompt too long; exceeds maximum context length (4096)" }, 4_096],
  [
    "Mistral",
    {
      message: "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    },
    32_768,
  ],
  ["xAI", { error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." }, 131_072],
  [
    "Gemini",
    { error: { message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." } },
    1_048_576,
  ],
  [
    "a web page",
    "<html><head><title>413 Request Entity Too Large: maximum context length</title></head></html>",
    undefined,
  ],
];

test.each(OVERFLOWS)("%s says that a request is too long, and how large its window is", (_name, body, window) => {
  const words = serverWords(body);
  expect(isContextOverflow(words)).toBe(true);
  expect(toldWindow(words)).toBe(window);
});

test.each([0, -4_096, 12, 1e12, 4_096.5, Number.NaN, "4096"])("n_ctx %s is no window", (n_ctx) => {
  expect(toldWindow(serverWords({ error: { message: "context", n_ctx } }))).toBeUndefined();
});

test("words without end are read quickly", () => {
  const long = `maximum context length is ${"9".repeat(500_000)} tokens ${"1,".repeat(500_000)}`;
  expect(toldWindow({ text: long })).toBeUndefined();
  expect(toldWindow({ text: `exceed context limit: ${"1 + ".repeat(100_000)}` })).toBeUndefined();
});

test.each(DIALECTS)(
  "the %s dialect hands the window on with the failure, from an error and from within a stream",
  async (dialect) => {
    for (const [, body, window] of OVERFLOWS.slice(0, 8)) {
      const wanted = { type: "failed", code: "endpoint-context-overflow", window };
      const refused = await askWatched(dialect, script().status(400, {}, body));
      expect(refused.reply).toMatchObject(wanted);
      const { error } = body as { error: unknown };
      const event = `event: error\ndata: ${JSON.stringify({ type: "error", error })}\n\n`;
      const streamed = await askWatched(dialect, script().sends(event));
      expect(streamed.reply).toMatchObject(wanted);
      expect([refused.requests, streamed.requests].map(({ length }) => length)).toEqual([1, 1]);
    }
  },
);
