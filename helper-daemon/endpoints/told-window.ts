import type { ServerWords } from "./server-words.ts";

/** Fewer is no window that anybody runs; more is no number of tokens. */
const LEAST = 256;
const MOST = 100_000_000;

/** How servers name their window where a request does not fit into it; the number is the first group. */
const PHRASES: readonly RegExp[] = [
  // OpenAI, vLLM, DeepSeek, OpenRouter, xAI
  /maximum (?:context|prompt|model|input) length (?:is|of)\s*(\d+)/i,
  // Anthropic: prompt is too long: X tokens > N maximum; exceed context limit: X + Y > N
  /prompt is too long: \d+ tokens > (\d+)/i,
  /exceeds? (?:the )?context limit: [\d\s+]+> (\d+)/i,
  // Mistral: too large for model with N maximum context length; Ollama: exceeds maximum context length (N)
  /(\d+) maximum context length/i,
  /maximum context length \(?(\d+)/i,
  // LM Studio: context length of only N tokens; n_keep: X >= n_ctx: N
  /context length of (?:only )?(\d+)/i,
  /n_ctx\W{1,4}(\d+)/i,
  // llama.cpp: context size (N tokens); Gemini: maximum number of tokens allowed (N); TGI: must be <= N
  /context (?:size|window|length) \((\d+)/i,
  /maximum number of tokens allowed \((\d+)/i,
  /max_new_tokens` must be <= (\d+)/i,
];

/** The window that a server names in an error about it, in tokens: `n_ctx` where it says so, else from its words. */
export function toldWindow({ text, window }: ServerWords): number | undefined {
  if (window !== undefined) return sensible(window);
  // Thousands may be grouped.
  const plain = text.slice(0, 2_000).replace(/(\d)[,_](?=\d{3})/g, "$1");
  const found = PHRASES.map((phrase) => phrase.exec(plain)?.[1]).find((tokens) => tokens !== undefined);
  return sensible(Number(found));
}

function sensible(tokens: number): number | undefined {
  return Number.isSafeInteger(tokens) && tokens >= LEAST && tokens <= MOST ? tokens : undefined;
}
