import type { ServerResponse } from "node:http";
import { messageFrames } from "./model-events.ts";
import { type ModelScript, type SaidUsage, script } from "./model-script.ts";
import { completionFrames } from "./openai-events.ts";
import { answerJson, type Route, type RuntimeServer, type SeenRequest, startRuntime } from "./runtime-server.ts";

/** How a model server treats its window. */
export interface WindowManners {
  /** Tokens that it really holds. */
  window: number;
  /** What happens beyond it: the oldest messages go, or the request is refused, with the window's name or without. */
  full: "drops" | "names" | "refuses";
  /** What it reports of a request's tokens. */
  counts: "whole" | "fresh" | "zero" | "nothing" | "garbage";
}

/** One that holds everything and counts it. */
export const ROOMY: WindowManners = { window: 1_000_000, full: "refuses", counts: "whole" };

/** A model server with a window of its own. */
export interface WindowedServer extends RuntimeServer {
  /** Tokens of each request of a turn that it took, after what it dropped. */
  taken: number[];
  /** Change how it behaves from now on. */
  manners: WindowManners;
}

interface Body {
  system?: unknown;
  tools?: unknown[];
  messages: object[];
}

const SUMMARY = JSON.stringify({ facts: ["read files"], decisions: [], openQuestions: [], paths: [] });
const FRAMES = { "/v1/messages": messageFrames, "/v1/chat/completions": completionFrames } as const;

/** 3.5 bytes a token, as a tokenizer makes of English. */
function tokensOf(value: unknown): number {
  return value === undefined ? 0 : Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 3.5);
}

/**
 * Starts a server that answers by script in both dialects. Asked for a summary, it writes one, which uses up no step.
 * `routes`: what it tells of itself as a runtime.
 */
export async function startWindowed(
  steps: ModelScript,
  manners: WindowManners,
  routes: Record<string, Route> = {},
): Promise<WindowedServer> {
  let number = 0;
  let known = 0;
  const taken: number[] = [];
  const answer =
    (path: keyof typeof FRAMES) =>
    ({ body: text }: SeenRequest, response: ServerResponse): void => {
      const { window, full, counts } = server.manners;
      const { system, tools, messages } = JSON.parse(text) as Body;
      const head = tokensOf(system) + tokensOf(tools);
      const kept = [...messages];
      const size = () => head + tokensOf(kept);
      if (size() > window && full !== "drops") {
        const named = full === "names" ? `, maximum context length is ${window} tokens` : "";
        return answerJson(response, { error: { message: `prompt is too long${named}` } }, 400);
      }
      while (size() > window && kept.length > 1) kept.shift();
      const isTurn = !JSON.stringify(messages.at(-1)).includes("openQuestions");
      const [step] = (isTurn ? steps.steps.slice(number, number + 1) : script().says(SUMMARY).steps).map((one) => ({
        ...one,
        usage: usageOf(counts, size(), known, number),
      }));
      if (isTurn) {
        taken.push(size());
        number += 1;
        known = size();
      }
      if (step === undefined) return answerJson(response, { error: { message: `no step ${number}` } }, 400);
      response.writeHead(200, { "content-type": "text/event-stream" });
      const frames = FRAMES[path](step, "m", number + 1_000 * Number(!isTurn));
      response.end(frames.map(({ wire }) => wire).join(""));
    };
  const runtime = await startRuntime({
    ...routes,
    "/v1/messages": answer("/v1/messages"),
    "/v1/chat/completions": answer("/v1/chat/completions"),
  });
  const server: WindowedServer = Object.assign(runtime, { taken, manners });
  return server;
}

function usageOf(counts: WindowManners["counts"], size: number, known: number, number: number): SaidUsage | null {
  const reported = { whole: size, fresh: number === 0 ? size : Math.max(1, size - known), zero: 0, garbage: -7.5 };
  return counts === "nothing" ? null : { input_tokens: reported[counts], output_tokens: 20 };
}
