import * as z from "zod";

const textBlock = z.object({ type: z.literal("text"), text: z.string() });
const blockSchema = z.union([
  textBlock,
  z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal("tool_result"),
    tool_use_id: z.string(),
    content: z
      .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
      .optional(),
    is_error: z.boolean().optional(),
  }),
  z
    .object({
      type: z.string().refine((type) => !["text", "tool_use", "tool_result"].includes(type), "has not its shape"),
    })
    .transform(() => ({ type: "other" as const })),
]);

/** What the rehearsal model reads of a request in the Messages dialect; everything else in it is let pass. */
export const messagesRequestSchema = z.looseObject({
  model: z.string(),
  max_tokens: z.number().int().min(1).default(1_000_000),
  stream: z.boolean().default(false),
  tools: z.array(z.looseObject({ name: z.string() })).default([]),
  tool_choice: z.looseObject({ type: z.string() }).optional(),
  messages: z
    .array(z.object({ role: z.enum(["user", "assistant"]), content: z.union([z.string(), z.array(blockSchema)]) }))
    .min(1),
});
export type MessagesRequest = z.output<typeof messagesRequestSchema>;

/** One tool call of the turn with what came of it. */
export interface ToolResult {
  tool: string;
  text: string;
  isError: boolean;
}

/** The turn that a request continues, as far as the script needs it. */
export interface TurnSoFar {
  question: string;
  results: ToolResult[];
  /** Calls in the whole conversation; numbers the next one, so that no id comes twice. */
  callCount: number;
  tools: ReadonlySet<string>;
}

type Blocks = Exclude<MessagesRequest["messages"][number]["content"], string>;

/** loopd's own notes: they are neither questions nor results. */
const FRAME = /^\[loopd [^\]\n]*\]/m;

/** Finds the last question and what the tools have answered since. */
export function turnSoFar(request: MessagesRequest): TurnSoFar {
  const messages = request.messages.map(({ role, content }) => ({
    role,
    blocks: typeof content === "string" ? ([{ type: "text", text: content }] satisfies Blocks) : content,
  }));
  const start = messages.findLastIndex(({ role, blocks }) => role === "user" && questionIn(blocks) !== undefined);
  const calls = new Map<string, string>();
  const results: ToolResult[] = [];
  for (const { blocks } of messages.slice(start + 1)) {
    for (const block of blocks) {
      if (block.type === "tool_use") calls.set(block.id, block.name);
      if (block.type !== "tool_result") continue;
      const text = textOf(block.content).split(FRAME)[0]?.trimEnd() ?? "";
      const isError = block.is_error === true || /^ERROR\b/.test(text);
      results.push({ tool: calls.get(block.tool_use_id) ?? "a tool", text, isError });
    }
  }
  const offered = request.tool_choice?.type === "none" ? [] : request.tools;
  return {
    question: questionIn(messages[start]?.blocks ?? []) ?? "",
    results,
    callCount: messages.flatMap(({ blocks }) => blocks).filter(({ type }) => type === "tool_use").length,
    tools: new Set(offered.map(({ name }) => name)),
  };
}

function questionIn(blocks: Blocks): string | undefined {
  const texts = blocks.flatMap((block) =>
    block.type === "text" && !block.text.startsWith("[loopd ") ? [block.text] : [],
  );
  return texts.at(-1)?.trim();
}

function textOf(content: string | readonly { text?: string | undefined }[] | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("\n");
}
