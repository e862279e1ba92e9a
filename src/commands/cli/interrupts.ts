/** Why a person or the system wants this program to leave a turn. */
export type Interrupt = "interrupt" | "terminate" | "no-reader";

/** Listens for Ctrl-C, SIGTERM, SIGHUP and a standard output that nobody reads any more. Returns how to stop listening. */
export function listenForInterrupts(on: (interrupt: Interrupt) => void): () => void {
  const interrupt = () => on("interrupt");
  const terminate = () => on("terminate");
  const brokenPipe = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") on("no-reader");
    else throw error;
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
