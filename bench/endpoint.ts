import { once } from "node:events";
import { startProgram } from "./child-program.ts";

/** A turn that the endpoint is to script: one call of the tool that reads files for each path, then `farewell`. */
export interface ToEndpoint {
  /** First segment of the loop's address, which tells the loops apart. */
  lane: string;
  /** All different: a loop may end a turn that asks for the same thing again and again. */
  paths: readonly string[];
  /** Words that each file holds, once: each request must bring them once for each call before it. */
  marker: string;
  farewell: string;
}

/** What the endpoint's process says. `gaps` are milliseconds, one for each step. */
export type FromEndpoint =
  | { type: "listening"; url: string }
  | { type: "expecting"; lane: string }
  | { type: "gaps"; lane: string; gaps: number[] }
  | { type: "wrong"; lane: string; why: string };

/** The scripted endpoint in its own process. */
export interface Endpoint {
  url: string;
  /** Scripts a turn; resolves once the loop may begin. `gaps` then resolves when the last answer has been written. */
  expect(turn: ToEndpoint): Promise<{ gaps: Promise<number[]> }>;
  stop(): Promise<void>;
}

/** Starts the endpoint on a free port of 127.0.0.1. */
export async function startEndpoint(): Promise<Endpoint> {
  const child = startProgram(new URL(import.meta.resolve("./endpoint-server.ts")), []);
  const exited = once(child, "exit");
  const listeners = new Set<(message: FromEndpoint) => void>();
  child.on("message", (message: FromEndpoint) => {
    for (const listener of [...listeners]) listener(message);
  });
  const first = <T>(pick: (message: FromEndpoint) => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (message: FromEndpoint) => {
        const found = pick(message);
        if (message.type === "wrong") reject(new Error(`The loop ${message.lane} went wrong: ${message.why}.`));
        else if (found === undefined) return;
        else resolve(found);
        listeners.delete(look);
      };
      listeners.add(look);
      void exited.then(() => reject(new Error("The scripted endpoint ended.")));
    });
  const url = await first((message) => (message.type === "listening" ? message.url : undefined));
  return {
    url,
    expect: async (turn) => {
      const ready = first((message) => (message.type === "expecting" && message.lane === turn.lane ? true : undefined));
      child.send(turn);
      await ready;
      return {
        gaps: first((message) => (message.type === "gaps" && message.lane === turn.lane ? message.gaps : undefined)),
      };
    },
    stop: async () => {
      child.disconnect();
      await exited;
    },
  };
}
