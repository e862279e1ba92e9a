import type { Seq } from "../protocol/values.ts";
import type { Ports } from "./ports.ts";
import { SHUTDOWN } from "./run-call.ts";
import type { TurnState } from "./transcript.ts";

/**
 * Runs work under a signal that fires when someone records `turn.stopping` after `since`, or when the helper goes down.
 * Work of no turn is stopped with any.
 */
export async function untilStopped<T>(
  ports: Ports,
  { turn }: Partial<Pick<TurnState, "turn">>,
  since: Seq,
  shutdown: AbortSignal,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const watch = new AbortController();
  const onShutdown = () => stop.abort(SHUTDOWN);
  if (shutdown.aborted) onShutdown();
  else shutdown.addEventListener("abort", onShutdown, { once: true });
  const watching = watchForStop(ports, turn, since, watch.signal).then((isStopped) => isStopped && stop.abort());
  try {
    return await work(stop.signal);
  } finally {
    watch.abort("the work is over");
    shutdown.removeEventListener("abort", onShutdown);
    await watching;
  }
}

async function watchForStop(ports: Ports, turn: string | undefined, since: Seq, signal: AbortSignal): Promise<boolean> {
  let after = since;
  while (!signal.aborted) {
    const entries = await ports.read(after, signal);
    if (entries.some((entry) => entry.kind === "turn.stopping" && (turn === undefined || entry.turn === turn)))
      return true;
    after = entries.at(-1)?.seq ?? after;
  }
  return false;
}
