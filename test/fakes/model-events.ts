import type { Said, SaidUsage, Step } from "./model-script.ts";

const FALLBACK_USAGE: SaidUsage = { input_tokens: 100, output_tokens: 20 };

/** One server-sent event of a message stream. */
interface MessageEvent {
  type: string;
  [field: string]: unknown;
}

/** A piece of a stream as it goes over the wire, and what kind of thing it says. */
export interface Frame {
  wire: string;
  says?: "text" | "arguments";
}

const SAYING: Readonly<Record<string, Frame["says"]>> = { text_delta: "text", input_json_delta: "arguments" };

/** A step as the frames of a Messages stream. */
export function messageFrames(step: Step, model: string, request: number): Frame[] {
  return messageEvents(step, model, request).map((event) => {
    const says = SAYING[(event["delta"] as MessageEvent | undefined)?.type ?? ""];
    return { wire: encoded(event), ...(says === undefined ? {} : { says }) };
  });
}

/** A step as one message in JSON. Arguments that are no object stay the text they are. */
export function wholeMessage(step: Step, model: string, request: number): object {
  const events = messageEvents(step, model, request);
  const [start] = events;
  const end = events.find(({ type }) => type === "message_delta") as { delta?: object; usage?: object } | undefined;
  const begun = (start?.["message"] ?? {}) as { usage?: object };
  const content = step.said.map((said, index) => {
    if (said.type !== "tool_use") return said;
    const { name, argumentsText } = said;
    return {
      type: "tool_use",
      id: step.hasSameIds === true ? "toolu_same" : `toolu_${request}_${index}`,
      name,
      input: valueOf(argumentsText),
    };
  });
  const usage = begun.usage === undefined ? {} : { usage: { ...begun.usage, ...end?.usage } };
  return { ...begun, content: step.hasNullContent === true ? null : content, ...end?.delta, ...usage };
}

function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : text;
  } catch {
    return text;
  }
}

/** The error that `overloadedMidStream` sends, as this dialect writes it. */
export const OVERLOADED_MESSAGE = encoded({
  type: "error",
  error: { type: "overloaded_error", message: "Overloaded" },
});

/** The events of a whole message, in order. `request` numbers the request, so that ids differ between steps. */
function messageEvents(step: Step, model: string, request: number): MessageEvent[] {
  const usage = step.usage === null ? undefined : (step.usage ?? FALLBACK_USAGE);
  const { said, hasNullContent, hasSameIds, isOneChunk } = step;
  const hasCall = said.some(({ type }) => type === "tool_use");
  const message = {
    id: `msg_${request}`,
    type: "message",
    role: "assistant",
    model,
    content: hasNullContent === true ? null : [],
    stop_reason: null,
    stop_sequence: null,
    ...(usage === undefined ? {} : { usage: { ...usage, output_tokens: 1 } }),
  };
  const stopReason = step.stopReason ?? (hasCall ? "tool_use" : "end_turn");
  return [
    { type: "message_start", message },
    { type: "ping" },
    ...said.flatMap((one, index) =>
      blockEvents(one, index, hasSameIds === true ? "toolu_same" : `toolu_${request}_${index}`, isOneChunk === true),
    ),
    {
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: null },
      ...(usage === undefined ? {} : { usage: { output_tokens: usage.output_tokens } }),
    },
    ...(step.isWithoutStop === true ? [] : [{ type: "message_stop" }]),
  ];
}

function blockEvents(said: Said, index: number, id: string, isOneChunk: boolean): MessageEvent[] {
  const pieces = (text: string) => (isOneChunk ? [text] : (text.match(/.{1,7}/gsu) ?? []));
  const delta = (fields: MessageEvent): MessageEvent => ({ type: "content_block_delta", index, delta: fields });
  const around = (content_block: object, deltas: MessageEvent[]): MessageEvent[] => [
    { type: "content_block_start", index, content_block },
    ...deltas,
    { type: "content_block_stop", index },
  ];
  if (said.type === "text") {
    const deltas = pieces(said.text).map((text) => delta({ type: "text_delta", text }));
    return around({ type: "text", text: "" }, deltas);
  }
  if (said.type === "thinking") {
    const deltas = pieces(said.thinking).map((thinking) => delta({ type: "thinking_delta", thinking }));
    const signature = delta({ type: "signature_delta", signature: said.signature });
    return around({ type: "thinking", thinking: "", signature: "" }, [...deltas, signature]);
  }
  const deltas = pieces(said.argumentsText).map((partial_json) => delta({ type: "input_json_delta", partial_json }));
  return around({ type: "tool_use", id, name: said.name, input: {} }, deltas);
}

/** An event as it goes over the wire. */
function encoded(event: MessageEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
