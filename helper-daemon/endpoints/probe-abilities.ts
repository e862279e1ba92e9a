import { randomUUID } from "node:crypto";
import type { Capabilities } from "../../src/protocol/endpoint-profile.ts";
import type { Millis } from "../../src/protocol/values.ts";
import type { Chatted, ProbeChat, Streamed } from "./probe-chat.ts";
import type { ProbeAnswer, ProbeQuestion } from "./probe-dialect.ts";
import { isContextOverflow, serverWords } from "./server-words.ts";

/** Values that one measurement found, by name; the date is the probe's. */
export type Findings = Record<string, { value: Capabilities[string]["value"]; source: string }>;

/** A red square, 64 by 64 pixels. */
const RED_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAS0lEQVR42u3PQQkAAAgAsetfWiP4FgYrsKZeS0BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEDgsqnc8OJg6Ln3AAAAAElFTkSuQmCC";
/** Beyond it, trying what happens when the window is full takes too long. */
const LARGEST_FILLED_WINDOW = 8_192;
const RATE_TOKENS = 48;

/** What the abilities are measured with. */
export interface AbilityOptions {
  chat: ProbeChat;
  limitMs: Millis;
  /** The window as loaded, where it is known. */
  loaded: number | undefined;
  /** What the runtime says of images; then none is sent. */
  vision: { value: boolean; source: string } | undefined;
}

/**
 * Measures what the model and its server do with a few short requests: about 2,000 tokens in all, and one window full
 * where that is small. Two requests in a row that take too long end it.
 */
export async function measureAbilities(options: AbilityOptions): Promise<Findings> {
  const { chat, limitMs } = options;
  const answers: ProbeAnswer[] = [];
  let late = 0;
  const ask = async (question: ProbeQuestion): Promise<Chatted> => {
    if (late >= 2) return { type: "late" };
    const chatted = await chat.ask(question, limitMs);
    late = chatted.type === "late" ? late + 1 : 0;
    if (chatted.type === "answered") answers.push(chatted.answer);
    return chatted;
  };
  const forced = await forcedTool(ask);
  const parallel = await parallelTools(ask);
  const images = options.vision === undefined ? await sight(ask) : { vision: options.vision };
  const rates = late >= 2 ? {} : await ratesOf(chat, ask, limitMs);
  const thinking = answers.map((answer) => answer.thinking).find((kind) => kind !== undefined) ?? "none seen";
  const overflow = await fullWindow(ask, options.loaded);
  const thought = { thinking: { value: thinking, source: `${answers.length} answers` } };
  return { ...forced, ...parallel, ...images, ...thought, ...rates, ...overflow };
}

type Ask = (question: ProbeQuestion) => Promise<Chatted>;
const QUESTION = { maxTokens: 192 };

async function forcedTool(ask: Ask): Promise<Findings> {
  const tools = ["capital_city", "weather"];
  const chatted = await ask({ ...QUESTION, prompt: "Say hello.", tools, forced: "capital_city" });
  const value = unless(chatted, (answer) => (answer.calls[0] === "capital_city" ? "honoured" : "ignored"));
  return { toolChoice: { value, source: "a request that names the tool to call" } };
}

async function parallelTools(ask: Ask): Promise<Findings> {
  const prompt = "Call the tool weather twice in the same answer: once about Paris, once about Rome.";
  const chatted = await ask({ ...QUESTION, prompt, tools: ["weather"] });
  const value = unless(chatted, ({ calls }) =>
    calls.length > 1 ? "several at once" : calls.length === 1 ? "one seen" : "no call seen",
  );
  return { parallelTools: { value, source: "a request for two calls" } };
}

async function sight(ask: Ask): Promise<Findings> {
  const prompt = "What colour is this square? Answer with one word.";
  const chatted = await ask({ ...QUESTION, prompt, image: RED_PNG });
  const value = unless(chatted, ({ text }) => (/\bred\b/i.test(text) ? "sees" : "accepts images, saw nothing"));
  return { vision: { value, source: "a red square" } };
}

/** Two requests with the same new prompt: the first is timed, the second could be read from a cache. */
async function ratesOf(chat: ProbeChat, ask: Ask, limitMs: Millis): Promise<Findings> {
  const list = Array.from({ length: 60 }, (_, index) => `Item ${index} weighs ${index * 7} grams.`).join(" ");
  const prompt = `${randomUUID()} ${list}\nName the next five items.`;
  const streamed = await chat.stream({ prompt, maxTokens: RATE_TOKENS }, limitMs);
  const again = await ask({ prompt, maxTokens: 1 });
  const cached = unless(again, ({ cachedTokens }) =>
    cachedTokens === undefined ? "not reported" : cachedTokens > 0 ? "reported" : "reported as 0",
  );
  const caching = { cacheReporting: { value: cached, source: "the same request twice" } };
  return streamed === undefined ? caching : { ...caching, ...ratesIn(streamed, Buffer.byteLength(prompt)) };
}

function ratesIn({ firstMs, lastMs, pieces, usage }: Streamed, promptBytes: number): Findings {
  const expected = promptBytes / 3.5;
  const { inputTokens = 0, cachedTokens = 0, outputTokens = 0 } = usage;
  const fresh = inputTokens - cachedTokens;
  // From what any tokenizer makes of such text to four times the usual, for long chat templates.
  const isCredible = fresh > expected / 3 && fresh < expected * 4;
  const read = isCredible ? fresh : expected;
  const written = outputTokens >= 2 && outputTokens <= RATE_TOKENS ? outputTokens : pieces;
  const source = `${Math.round(read)} tokens ${isCredible ? "as reported" : "estimated"}, timed here`;
  const prefill = { prefillRate: { value: rounded((read / Math.max(1, firstMs)) * 1_000), source } };
  if (written < 4 || lastMs - firstMs < 1) return prefill;
  const rate = ((written - 1) / (lastMs - firstMs)) * 1_000;
  return { ...prefill, decodeRate: { value: rounded(rate), source: `${written} tokens, timed here` } };
}

async function fullWindow(ask: Ask, loaded: number | undefined): Promise<Findings> {
  if (loaded === undefined || loaded > LARGEST_FILLED_WINDOW) return {};
  // Every number is at least one token.
  const prompt = `${randomUUID()} ${Array.from({ length: Math.ceil(loaded * 1.1) }, (_, index) => index).join(" ")}`;
  const chatted = await ask({ prompt, maxTokens: 1 });
  const words = chatted.type === "refused" ? serverWords(chatted.body) : undefined;
  const value =
    words !== undefined && isContextOverflow(words)
      ? "refused, and said so"
      : unless(chatted, ({ inputTokens }) =>
          inputTokens !== undefined && inputTokens <= loaded ? "drops text silently" : "accepts more than is loaded",
        );
  return { overflow: { value, source: `a prompt of more than ${loaded} tokens` } };
}

function unless(chatted: Chatted, say: (answer: ProbeAnswer) => string): string {
  if (chatted.type === "answered") return say(chatted.answer);
  if (chatted.type === "refused") return `refused (${chatted.status})`;
  return chatted.type === "late" ? "not measured, too slow" : "not measured, the connection broke";
}

function rounded(rate: number): number {
  return rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10;
}
