import * as z from "zod";

const text = z.string().nullish();
/** Counts that make no sense are unknown, never a reason to lose an answer. */
const count = z.int().min(0).max(1_000_000_000).nullish().catch(undefined);
const usage = z
  .object({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_cache_hit_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined);

const called = z.object({ name: text, arguments: z.unknown().optional() });
const callPart = z.object({
  index: z.number().int().nullish().catch(undefined),
  id: z.union([z.string(), z.number()]).nullish(),
  function: called.nullish(),
});
/** A call, or a piece of one. Of the old form of a single call there is only `function`. */
export type CallPart = z.output<typeof callPart>;

const said = z.object({
  /** Some servers write a list of parts, thinking among them. */
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
  reasoning_content: z.unknown().optional(),
  reasoning: z.unknown().optional(),
  refusal: text,
  tool_calls: z.array(callPart).nullish(),
  function_call: called.nullish(),
});
/** What a chunk, or a whole completion, says. */
export type Said = z.output<typeof said>;

const chunk = z.object({
  choices: z
    .array(
      z.object({ index: z.number().nullish(), delta: said.nullish(), message: said.nullish(), finish_reason: text }),
    )
    .nullish(),
  usage,
});

/** One chunk of a stream, or a whole completion. @throws SyntaxError naming what has a wrong shape. */
export function parseChunk(value: unknown): z.output<typeof chunk> {
  const result = chunk.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new SyntaxError(`a chunk with a wrong ${issue?.path.join(".") || "shape"}`);
}

/** Tokens as a server counts them. */
export type CompletionUsage = z.output<typeof usage>;
