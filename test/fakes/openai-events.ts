import type { Frame } from "./model-events.ts";
import type { Said, Step } from "./model-script.ts";

const FINISH_REASONS: Readonly<Record<string, string>> = {
  end_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  refusal: "content_filter",
};

type Call = Extract<Said, { type: "tool_use" }>;

function callsOf({ said }: Step): Call[] {
  return said.flatMap((one) => (one.type === "tool_use" ? [one] : []));
}

function finishOf(step: Step): string {
  const reason = step.stopReason ?? (callsOf(step).length > 0 ? "tool_use" : "end_turn");
  return FINISH_REASONS[reason] ?? reason;
}

function usageOf({ usage }: Step): object | undefined {
  if (usage === null) return undefined;
  const {
    input_tokens: fresh,
    output_tokens,
    cache_read_input_tokens: cached,
  } = usage ?? {
    input_tokens: 100,
    output_tokens: 20,
  };
  const details = cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } };
  const prompt = fresh + (cached ?? 0);
  return { prompt_tokens: prompt, completion_tokens: output_tokens, total_tokens: prompt + output_tokens, ...details };
}

function idOf(step: Step, request: number, index: number): string {
  return step.hasSameIds === true ? "call_same" : `call_${request}_${index}`;
}

/** A step as the frames of a chat completion's stream, the sentinel at their end. */
export function completionFrames(step: Step, model: string, request: number): Frame[] {
  const frame = (fields: object, says?: Frame["says"]): Frame => {
    const chunk = { id: `chatcmpl-${request}`, object: "chat.completion.chunk", created: 0, model, ...fields };
    return { wire: `data: ${JSON.stringify(chunk)}\n\n`, ...(says === undefined ? {} : { says }) };
  };
  const delta = (said: object, says?: Frame["says"]) =>
    frame({ choices: [{ index: 0, delta: said, finish_reason: null }] }, says);
  const pieces = (text: string) => (step.isOneChunk === true ? [text] : (text.match(/.{1,7}/gsu) ?? []));
  const calls = callsOf(step);
  const usage = usageOf(step);
  const spoken = step.said.flatMap((one): Frame[] => {
    if (one.type === "text") return pieces(one.text).map((content) => delta({ content }, "text"));
    if (one.type === "thinking") return pieces(one.thinking).map((text) => delta({ reasoning_content: text }));
    const index = calls.indexOf(one);
    const called = { index, id: idOf(step, request, index), type: "function" };
    const first = { tool_calls: [{ ...called, function: { name: one.name, arguments: "" } }] };
    const rest = pieces(one.argumentsText).map((text) =>
      delta({ tool_calls: [{ index, function: { arguments: text } }] }, "arguments"),
    );
    return [delta(first), ...rest];
  });
  const begun = delta({ role: "assistant", content: step.hasNullContent === true ? null : "" });
  if (step.isWithoutStop === true) return [begun, ...spoken];
  return [
    begun,
    ...spoken,
    frame({ choices: [{ index: 0, delta: {}, finish_reason: finishOf(step) }] }),
    ...(usage === undefined ? [] : [frame({ choices: [], usage })]),
    { wire: "data: [DONE]\n\n" },
  ];
}

/** A step as one chat completion in JSON. */
export function wholeCompletion(step: Step, model: string, request: number): object {
  const calls = callsOf(step).map(({ name, argumentsText }, index) => ({
    id: idOf(step, request, index),
    type: "function",
    function: { name, arguments: argumentsText },
  }));
  const texts = step.said.flatMap((one) => (one.type === "text" ? [one.text] : []));
  const thoughts = step.said.flatMap((one) => (one.type === "thinking" ? [one.thinking] : []));
  const message = {
    role: "assistant",
    content: texts.length === 0 ? null : texts.join(""),
    ...(thoughts.length === 0 ? {} : { reasoning_content: thoughts.join("") }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const usage = usageOf(step);
  return {
    id: `chatcmpl-${request}`,
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: finishOf(step) }],
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The error that `overloadedMidStream` sends, as this dialect writes it. */
export const OVERLOADED_COMPLETION = `data: ${JSON.stringify({ error: { type: "overloaded_error", message: "Overloaded" } })}\n\n`;
