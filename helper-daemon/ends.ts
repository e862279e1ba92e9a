import type { Log } from "./logs.ts";

/** Ends the helper in order when it is told to, and at once, with a line in the log, after a bug. */
export function listenForEnds(log: Log, stop: (why: string) => void): void {
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("SIGHUP", () => {});
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "a bug; the helper ends and is started anew");
    log.flush(() => process.exit(1));
  });
}
