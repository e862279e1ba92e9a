import * as z from "zod";
import type { EndpointProfile } from "../../src/protocol/config.ts";
import type { Json } from "../../src/protocol/values.ts";

type Dialect = EndpointProfile["dialect"];

/** One short request of a probe, dialect-neutral. */
export interface ProbeQuestion {
  prompt: string;
  maxTokens: number;
  /** Names of tools that take one text, `about`. */
  tools?: readonly string[];
  /** The tool that must be called. */
  forced?: string;
  /** PNG in base64. */
  image?: string;
}

/** What an answer, or an event of a streamed one, says. */
export interface ProbeAnswer {
  text: string;
  /** Names of the called tools. */
  calls: string[];
  thinking?: string | undefined;
  inputTokens?: number | undefined;
  cachedTokens?: number | undefined;
  outputTokens?: number | undefined;
}

/** Where each dialect takes requests, below the server's root. */
export const DIALECT_PATHS: Readonly<Record<Dialect, string>> = {
  anthropic: "/v1/messages",
  openai: "/v1/chat/completions",
};

const count = z.int().min(0).max(1_000_000_000).optional().catch(undefined);
const words = z.string().nullish().catch(undefined);
const anthropicUsage = z.object({ input_tokens: count, cache_read_input_tokens: count, output_tokens: count });
const messageSchema = z.object({
  content: z.array(z.object({ type: z.string(), text: words, name: words, thinking: words, signature: words })),
  usage: anthropicUsage.optional().catch(undefined),
});
const turnSchema = z.object({
  content: words,
  reasoning_content: words,
  reasoning: words,
  tool_calls: z
    .array(z.object({ function: z.object({ name: words }).optional().catch(undefined) }))
    .nullish()
    .catch(undefined),
});
const openaiUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
});
const completionSchema = z.object({
  choices: z.array(z.object({ message: turnSchema })).min(1),
  usage: openaiUsage.nullish().catch(undefined),
});

/** The body of a request that is answered in one piece. */
export function probeBody(dialect: Dialect, model: string, question: ProbeQuestion): object {
  const { prompt, maxTokens, tools = [], forced, image } = question;
  const schema = { type: "object", properties: { about: { type: "string" } }, required: ["about"] };
  const describe = (name: string) => `Looks up the ${name.replace(/_/g, " ")} of a place.`;
  if (dialect === "anthropic") {
    const source = { type: "base64", media_type: "image/png", data: image };
    const content = [...(image === undefined ? [] : [{ type: "image", source }]), { type: "text", text: prompt }];
    return {
      ...{ model, max_tokens: maxTokens, messages: [{ role: "user", content }] },
      ...(tools.length === 0
        ? {}
        : { tools: tools.map((name) => ({ name, description: describe(name), input_schema: schema })) }),
      ...(forced === undefined ? {} : { tool_choice: { type: "tool", name: forced } }),
    };
  }
  const shown = { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } };
  const content = image === undefined ? prompt : [shown, { type: "text", text: prompt }];
  const functionOf = (name: string) => ({ name, description: describe(name), parameters: schema });
  return {
    ...{ model, max_tokens: maxTokens, messages: [{ role: "user", content }] },
    ...(tools.length === 0 ? {} : { tools: tools.map((name) => ({ type: "function", function: functionOf(name) })) }),
    ...(forced === undefined ? {} : { tool_choice: { type: "function", function: { name: forced } } }),
  };
}

/** Reads an answer in one piece. Undefined: it is none of this dialect. */
export function readAnswer(dialect: Dialect, value: Json): ProbeAnswer | undefined {
  if (dialect === "anthropic") {
    const message = messageSchema.safeParse(value).data;
    if (message === undefined) return undefined;
    const thought = message.content.find(({ type }) => type === "thinking");
    const kind = thought?.signature ? "signed blocks" : "unsigned blocks";
    const text = message.content.map((block) => block.text ?? "").join("");
    return {
      text,
      calls: message.content.flatMap(({ type, name }) => (type === "tool_use" && name ? [name] : [])),
      thinking: thought === undefined ? tagged(text) : kind,
      ...usageOf(message.usage),
    };
  }
  const completion = completionSchema.safeParse(value).data;
  const message = completion?.choices[0]?.message;
  if (message === undefined) return undefined;
  const { content, reasoning, reasoning_content: older, tool_calls: calls } = message;
  const field = older ? "reasoning_content" : reasoning ? "reasoning" : undefined;
  return {
    text: content ?? "",
    calls: (calls ?? []).flatMap((call) => (call.function?.name ? [call.function.name] : [])),
    thinking: field ?? tagged(content ?? ""),
    ...completionUsage(completion?.usage ?? undefined),
  };
}

function tagged(text: string): string | undefined {
  return /^\s*<think>/.test(text) ? "<think> tags" : undefined;
}

const eventSchema = z.object({
  message: z
    .object({ usage: anthropicUsage.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  delta: z.object({ text: words, thinking: words, partial_json: words }).optional().catch(undefined),
  usage: z.unknown().optional(),
});
const chunkSchema = z.object({
  choices: z.array(z.object({ delta: turnSchema.optional().catch(undefined) })),
  usage: openaiUsage.nullish().catch(undefined),
});

/** Reads one event of a streamed answer. */
export function readEvent(dialect: Dialect, value: Json): ProbeAnswer | undefined {
  if (dialect === "anthropic") {
    const event = eventSchema.safeParse(value).data;
    if (event === undefined) return undefined;
    const { text, thinking, partial_json: json } = event.delta ?? {};
    const usage = event.message?.usage ?? anthropicUsage.safeParse(event.usage).data;
    return { text: text ?? thinking ?? json ?? "", calls: [], ...usageOf(usage) };
  }
  const chunk = chunkSchema.safeParse(value).data;
  if (chunk === undefined) return undefined;
  const { content, reasoning, reasoning_content: older } = chunk.choices[0]?.delta ?? {};
  return { text: content || older || reasoning || "", calls: [], ...completionUsage(chunk.usage ?? undefined) };
}

function usageOf(usage: z.output<typeof anthropicUsage> | undefined) {
  const { input_tokens: input, cache_read_input_tokens: cached, output_tokens: output } = usage ?? {};
  return {
    inputTokens: input === undefined ? undefined : input + (cached ?? 0),
    cachedTokens: cached,
    outputTokens: output,
  };
}

function completionUsage(usage: z.output<typeof openaiUsage> | undefined) {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens, prompt_tokens_details: details } = usage ?? {};
  return { inputTokens, outputTokens, cachedTokens: details?.cached_tokens };
}
