import * as z from "zod";

/** No prompt is longer; a budget must not believe it. */
const tokens = z.int().min(0).max(1_000_000_000).nullish();
const text = z.string().nullish();
/** Counts that make no sense are unknown, never a reason to lose an answer. */
const usage = z
  .object({
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_input_tokens: tokens,
    cache_creation_input_tokens: tokens,
  })
  .nullish()
  .catch(undefined);
const index = z.number().int().min(0);

/** The events of a Messages stream that say something; their blocks and deltas are parsed by their own type. */
export const parseEvent = parserOf({
  message_start: z.object({
    type: z.literal("message_start"),
    message: z.object({ content: z.unknown().optional(), usage }),
  }),
  content_block_start: z.object({ type: z.literal("content_block_start"), index, content_block: z.unknown() }),
  content_block_delta: z.object({ type: z.literal("content_block_delta"), index, delta: z.unknown() }),
  message_delta: z.object({
    type: z.literal("message_delta"),
    delta: z.object({ stop_reason: text }).nullish(),
    usage,
  }),
  message_stop: z.object({ type: z.literal("message_stop") }),
});

/** A message that came in one piece; undefined for anything else. */
export const parseMessage = parserOf({
  message: z.object({
    type: z.literal("message"),
    content: z.array(z.unknown()).nullable(),
    stop_reason: text,
    usage,
  }),
});

/** A block as `content_block_start` announces it. Some servers send it whole there, others empty. */
export const parseBlockStart = parserOf({
  text: z.object({ type: z.literal("text"), text }),
  thinking: z.object({ type: z.literal("thinking"), thinking: text, signature: text }),
  redacted_thinking: z.object({ type: z.literal("redacted_thinking"), data: z.string() }),
  tool_use: z.object({ type: z.literal("tool_use"), id: text, name: z.string(), input: z.unknown().optional() }),
});
export type BlockStart = NonNullable<ReturnType<typeof parseBlockStart>>;

export const parseBlockDelta = parserOf({
  text_delta: z.object({ type: z.literal("text_delta"), text }),
  thinking_delta: z.object({ type: z.literal("thinking_delta"), thinking: text }),
  signature_delta: z.object({ type: z.literal("signature_delta"), signature: text }),
  input_json_delta: z.object({ type: z.literal("input_json_delta"), partial_json: text }),
});
export type BlockDelta = NonNullable<ReturnType<typeof parseBlockDelta>>;

/** Tokens as a server counts them. */
export type ReportedUsage = z.output<typeof usage>;

/**
 * A parser for values that say what they are in `type`. One of a type not listed gives undefined, because dialects
 * grow; one of a listed type must have its shape.
 */
function parserOf<T extends Record<string, z.ZodType>>(
  schemas: T,
): (value: unknown) => z.output<T[keyof T]> | undefined {
  return (value) => {
    const type = (value as { type?: unknown } | null | undefined)?.type;
    if (typeof type !== "string") throw new SyntaxError("something without a type");
    const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data as z.output<T[keyof T]>;
    const issue = result.error.issues[0];
    throw new SyntaxError(`${type} with a wrong ${issue?.path.join(".") || "shape"}`);
  };
}
