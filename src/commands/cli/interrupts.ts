/** Why a person or the system wants this program to leave a turn. */
export type Interrupt = "interrupt" | "terminate" | "no-reader";

/** Whether writing failed because whoever read our output has gone. Any other reason means that output is lost. */
export function isWithoutReader(error: NodeJS.ErrnoException): boolean {
  return error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED";
}

/** Listens for Ctrl-C, SIGTERM, SIGHUP and a standard output that nobody reads any more. Returns how to stop listening. */
export function listenForInterrupts(on: (interrupt: Interrupt) => void): () => void {
  const interrupt = () => on("interrupt");
  const terminate = () => on("terminate");
  const brokenPipe = (error: NodeJS.ErrnoException) => {
    if (isWithoutReader(error)) on("no-reader");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  process.on("SIGHUP", terminate);
  process.stdout.on("error", brokenPipe);
  return () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
    process.off("SIGHUP", terminate);
    process.stdout.off("error", brokenPipe);
  };
}
