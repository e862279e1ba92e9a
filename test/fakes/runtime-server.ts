import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request as a runtime saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a path answers: JSON with status 200, or whatever the function does. */
export type Route = object | ((request: SeenRequest, response: ServerResponse) => void);

/** A server on 127.0.0.1 that imitates a model runtime. */
export interface RuntimeServer {
  url: string;
  port: number;
  seen: SeenRequest[];
}

/** Starts one with routes by path; everything else is 404. Gone when the test is. */
export async function startRuntime(routes: Readonly<Record<string, Route>>): Promise<RuntimeServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      seen.push(one);
      const route = routes[one.path] ?? routes["*"];
      if (route === undefined) answerJson(response, { error: { message: `no route ${one.path}` } }, 404);
      else if (typeof route === "function") (route as (a: SeenRequest, b: ServerResponse) => void)(one, response);
      else answerJson(response, route);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** What the runtimes tell of themselves, as their documentation shows it. */
export const runtimes = {
  llamaServer: (loaded: number, trained: number): Record<string, Route> => ({
    "/props": {
      default_generation_settings: { id: 0, n_ctx: loaded, speculative: false, params: { n_predict: -1 } },
      total_slots: 2,
      model_path: "/models/qwen3-8b-q4_k_m.gguf",
      chat_template: "{{ messages }}",
      modalities: { vision: false, audio: false },
      build_info: "b7000-abcdef",
    },
    "/v1/models": {
      object: "list",
      data: [
        { id: "qwen3-8b", object: "model", owned_by: "llamacpp", meta: { n_ctx_train: trained, n_vocab: 151_936 } },
      ],
    },
  }),
  ollama: (loaded: number | undefined, trained: number): Record<string, Route> => ({
    "/api/version": { version: "0.14.2" },
    "/api/ps": {
      models:
        loaded === undefined ? [] : [{ name: "qwen3:8b", model: "qwen3:8b", size_vram: 5, context_length: loaded }],
    },
    "/api/tags": { models: [{ name: "nomic-embed-text:latest" }, { name: "qwen3:8b" }, { name: "llama3.2:latest" }] },
    "/api/show": {
      model_info: { "general.architecture": "qwen3", "qwen3.context_length": trained },
      capabilities: ["completion", "tools"],
    },
    "/v1/models": { object: "list", data: [{ id: "qwen3:8b", object: "model", owned_by: "library" }] },
  }),
  lmStudio: (loaded: number | undefined, most: number): Record<string, Route> => ({
    "/api/v0/models": {
      object: "list",
      data: [
        {
          id: "text-embedding-nomic",
          object: "model",
          type: "embeddings",
          state: "not-loaded",
          max_context_length: 2048,
        },
        { id: "gemma-3-4b", object: "model", type: "vlm", state: "not-loaded", max_context_length: 131_072 },
        {
          ...{ id: "qwen3-8b", object: "model", type: "llm", state: loaded === undefined ? "not-loaded" : "loaded" },
          ...{ max_context_length: most, loaded_context_length: loaded },
        },
      ],
    },
    "/v1/models": { object: "list", data: [{ id: "qwen3-8b" }, { id: "gemma-3-4b" }] },
  }),
  vllm: (served: number): Record<string, Route> => ({
    "/v1/models": {
      object: "list",
      data: [{ id: "Qwen/Qwen3-8B", object: "model", owned_by: "vllm", max_model_len: served }],
    },
  }),
} as const;
