import type { ElicitRequest, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import type { CallContext } from "../../agent/ports.ts";
import { type Asker, createAsker } from "./elicitation.ts";

/** The calls that run on one server, oldest first. */
export class RunningCalls {
  readonly #server: string;
  readonly #askers = new Set<Asker>();

  constructor(server: string) {
    this.#server = server;
  }

  get count(): number {
    return this.#askers.size;
  }

  /** Does a call's work while it counts as running. */
  async during<T>(context: Pick<CallContext, "ask" | "signal">, work: () => Promise<T>): Promise<T> {
    const asker = createAsker(this.#server, context);
    this.#askers.add(asker);
    try {
      return await work();
    } finally {
      this.#askers.delete(asker);
    }
  }

  /** A question of the server. It does not say for which call it asks: the oldest one it is. None runs: nobody is asked. */
  readonly elicit = (params: ElicitRequest["params"], signal: AbortSignal): Promise<ElicitResult> => {
    const [oldest] = this.#askers;
    return oldest === undefined ? Promise.resolve({ action: "decline" }) : oldest.ask(params, signal);
  };
}
