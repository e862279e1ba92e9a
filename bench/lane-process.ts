/** What a loop must know to run. Sent once, before anything else. */
export interface LaneSetup {
  /** Address of the endpoint without `/v1/…`. */
  url: string;
  /** Absolute folder of the small files that the tool reads. */
  folder: string;
}

/** A loop under measurement. */
export interface Loop {
  /** Asks one thing in a new conversation, runs the tools that the model calls, and resolves with its last text. */
  turn(): Promise<string>;
  stop(): Promise<void>;
}

export type ToLane = { type: "setup"; setup: LaneSetup } | { type: "turn" };
export type FromLane = { type: "ready" } | { type: "done"; text: string } | { type: "failed"; message: string };

/**
 * Makes this process a lane: starts the loop when it is told to, then runs turns one at a time. Once its parent has
 * disconnected or died it stops the loop and ends.
 */
export function serveLane(start: (setup: LaneSetup) => Promise<Loop>): void {
  let loop: Loop | undefined;
  // The callback takes the error of a parent that has gone; without it, it would end this process in the middle.
  const tell = (message: FromLane) => process.send?.(message, () => {});
  const obey = async (message: ToLane): Promise<void> => {
    if (message.type === "setup") {
      loop = await start(message.setup);
      tell({ type: "ready" });
    } else {
      if (loop === undefined) throw new Error("A lane must be set up before its first turn.");
      tell({ type: "done", text: await loop.turn() });
    }
  };
  process.on("message", (message: ToLane) => {
    obey(message).catch((thrown: unknown) => {
      tell({ type: "failed", message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
    });
  });
  process.on("disconnect", () => {
    void Promise.resolve(loop?.stop()).finally(() => process.exit());
  });
}
