import { once } from "node:events";
import { startProgram } from "../child-program.ts";
import type { EngineScript, FromEngine, RequestCount, ToEngine } from "./engine-messages.ts";
import { INSTALL_ENGINE, isEngineInstalled } from "./llama.ts";

/** llama.cpp as an endpoint, in its own process. */
export interface EngineServer {
  url: string;
  /** Tokens of its KV cache. */
  contextSize: number;
  /** From now on it says this; what was counted before is forgotten, but the cache stays as it is. */
  play(script: EngineScript): Promise<void>;
  /** Resolves once a held answer waits. */
  held(): Promise<void>;
  /** Lets the held answer go. */
  release(): void;
  counts(): Promise<RequestCount[]>;
  stop(): Promise<void>;
}

/** Loading takes a second, making the model's file a few. */
const START_MS = 120_000;

/** `secretive`: it tells its window only in refusing what is larger. */
export type Manner = "open" | "secretive";

/** Starts the engine with a window of so many tokens. Rejects where it is not installed. */
export async function startEngineServer(contextSize: number, manner: Manner): Promise<EngineServer> {
  if (!isEngineInstalled()) throw new Error(INSTALL_ENGINE);
  const child = startProgram(new URL(import.meta.resolve("./server-process.ts")), [String(contextSize), manner]);
  const exited = once(child, "exit");
  const waiting = new Set<(message: FromEngine) => void>();
  child.on("message", (message: FromEngine) => {
    for (const hear of [...waiting]) hear(message);
  });
  const next = <T extends FromEngine["type"]>(type: T): Promise<Extract<FromEngine, { type: T }>> =>
    new Promise((resolve, reject) => {
      const hear = (message: FromEngine) => {
        if (message.type !== type) return;
        waiting.delete(hear);
        resolve(message as Extract<FromEngine, { type: T }>);
      };
      waiting.add(hear);
      void exited.then(() => reject(new Error("The engine's process has ended.")));
    });
  const send = (message: ToEngine): void => void child.send(message);
  const guard = setTimeout(() => child.kill("SIGKILL"), START_MS);
  const { url, contextSize: allocated } = await next("listening");
  clearTimeout(guard);
  return {
    url,
    contextSize: allocated,
    async play(script) {
      const scripted = next("scripted");
      send({ type: "script", script });
      await scripted;
    },
    held: () => next("held").then(() => undefined),
    release: () => send({ type: "release" }),
    async counts() {
      const told = next("counts");
      send({ type: "counts" });
      return (await told).counts;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
