import { messageFrames, wholeMessage } from "../../test/fakes/model-events.ts";
import type { Said, SaidUsage, Step } from "../../test/fakes/model-script.ts";
import { completionFrames, wholeCompletion } from "../../test/fakes/openai-events.ts";
import type { Call } from "./conversation.ts";

/** A dialect that the engine's server speaks. */
export type Dialect = "anthropic" | "openai";

/** What the model says, with what the server counted of it. */
export interface Reply {
  text: string;
  calls: readonly Call[];
  isCutOff: boolean;
  usage: SaidUsage;
}

/** A reply as the stream of its dialect. `number` tells the ids of one request's calls from another's. */
export function streamOf(dialect: Dialect, reply: Reply, model: string, number: number): string {
  const frames = dialect === "anthropic" ? messageFrames : completionFrames;
  return frames(stepOf(reply), model, number)
    .map(({ wire }) => wire)
    .join("");
}

/** The same in one piece, for a client that asks for no stream. */
export function documentOf(dialect: Dialect, reply: Reply, model: string, number: number): object {
  return (dialect === "anthropic" ? wholeMessage : wholeCompletion)(stepOf(reply), model, number);
}

function stepOf({ text, calls, isCutOff, usage }: Reply): Step {
  const said: Said[] = [
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...calls.map(({ name, input }) => ({ type: "tool_use" as const, name, argumentsText: input })),
  ];
  return { manner: "message", said, usage, ...(isCutOff ? { stopReason: "max_tokens" } : {}) };
}

/** The refusal of a prompt that is larger than the window, in llama-server's words. */
export function tooLong(tokens: number, contextSize: number): string {
  return JSON.stringify({
    error: {
      code: 400,
      message: `request (${tokens} tokens) exceeds the available context size (${contextSize} tokens), try increasing it`,
      type: "exceed_context_size_error",
      n_prompt_tokens: tokens,
      n_ctx: contextSize,
    },
  });
}
