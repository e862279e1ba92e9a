import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Frame, messageFrames, OVERLOADED_MESSAGE, wholeMessage } from "./model-events.ts";
import type { ModelScript, Step } from "./model-script.ts";
import { completionFrames, OVERLOADED_COMPLETION, wholeCompletion } from "./openai-events.ts";

export { gate, ModelScript, script } from "./model-script.ts";

/** A request as it arrived. */
interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  text: string;
  body: RequestBody;
  /** Resolves when the connection or the response is over, whoever ended it. */
  ended: Promise<void>;
}

/** What tests look at in a request's body. */
export interface RequestBody {
  model: string;
  max_tokens: number;
  stream?: boolean;
  system?: string;
  tools?: { name: string; description: string; input_schema: object }[];
  messages: { role: string; content: { type: string; [field: string]: unknown }[] }[];
}

/** How a dialect says what a step says, by the path that it is asked at. */
interface Rendering {
  frames(step: Step, model: string, request: number): Frame[];
  whole(step: Step, model: string, request: number): object;
  overloaded: string;
}

const RENDERINGS: Readonly<Record<string, Rendering>> = {
  "/v1/messages": { frames: messageFrames, whole: wholeMessage, overloaded: OVERLOADED_MESSAGE },
  "/v1/chat/completions": { frames: completionFrames, whole: wholeCompletion, overloaded: OVERLOADED_COMPLETION },
};

/** A model server for tests on 127.0.0.1, answering by script in the dialect that it is asked in. */
export interface ModelServer {
  /** Address for an endpoint profile. */
  url: string;
  requests: RecordedRequest[];
  /** Resolves once this many requests have arrived in all. */
  received(count: number): Promise<void>;
  /** Ends every connection and the server. */
  close(): Promise<void>;
}

/** A script, or a function that chooses the next step from the request: the first step of what it returns. */
export type Behaviour = ModelScript | ((body: RequestBody, number: number) => ModelScript);

/** Starts a server on a free port. */
export async function startModelServer(behaviour: Behaviour): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A look at the runtime, which this is none of.
    if (request.method === "GET") return fail(response, 404, "no such path");
    const ended = once(response, "close").then(() => undefined);
    const text = await textOf(request);
    const body = JSON.parse(text) as RequestBody;
    requests.push({
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      text,
      body,
      ended,
    });
    const number = requests.length;
    for (const waiter of waiting) if (number >= waiter.count) waiter.resolve();
    const rendering = RENDERINGS[request.url ?? ""];
    if (rendering === undefined) return fail(response, 404, `no such path: ${request.url}`);
    const step = typeof behaviour === "function" ? behaviour(body, number).steps[0] : stepOf(behaviour, number);
    if (step === undefined) return fail(response, 400, `the script has no step for request ${number}`);
    await step.gate?.opened;
    await answer(response, step, rendering, body.model, number);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    received(count) {
      return new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      });
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function stepOf(script: ModelScript, number: number): Step | undefined {
  return script.steps[number - 1] ?? (script.isRepeating ? script.steps.at(-1) : undefined);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function answer(
  response: ServerResponse,
  step: Step,
  rendering: Rendering,
  model: string,
  number: number,
): Promise<void> {
  if (step.manner === "silent") return;
  if (step.manner === "raw" && step.raw !== undefined) {
    response.writeHead(step.raw.status, step.raw.headers).end(step.raw.body);
    return;
  }
  if (step.isWhole === true) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(rendering.whole(step, model, number)));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  const frames = rendering.frames(step, model, number);
  const begun = frames.slice(0, cutIndex(frames, step));
  if (step.manner === "message" && step.cutsOffAfter === undefined) {
    const rest = step.pause === undefined ? frames : frames.slice(begun.length);
    if (step.pause !== undefined) response.write(wire(begun));
    await step.pause?.opened;
    response.end(wire(rest));
    return;
  }
  if (step.manner === "overloaded") {
    response.end(wire(begun) + rendering.overloaded);
    return;
  }
  response.write(wire(begun), () => {
    if (step.manner !== "stalls") response.socket?.destroySoon();
  });
}

/** The place after the first two deltas of the kind at which the step breaks off. */
function cutIndex(frames: Frame[], step: Step): number {
  const wanted = step.cutsOffAfter ?? "text";
  const deltas = frames.flatMap(({ says }, index) => (says === wanted ? [index] : []));
  return (deltas[1] ?? deltas[0] ?? frames.length - 1) + 1;
}

function wire(frames: readonly Frame[]): string {
  return frames.map((frame) => frame.wire).join("");
}

function fail(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } });
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}
