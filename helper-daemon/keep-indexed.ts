import type { Hub } from "./hub.ts";
import type { WordIndex } from "./store/word-index.ts";

/** How long nothing must have been recorded before the index is brought up to date. */
const IDLE_MS = 1_000;

/** Keeps the word index close behind the log, in the pauses of the work. */
export function keepIndexed(hub: Hub, words: WordIndex): void {
  let timer: NodeJS.Timeout | undefined;
  hub.listen((event) => {
    if (event.type !== "entries") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        words.catchUp();
      } catch {
        // Full disk or damage: searching catches up itself and reports it to the person who searches.
      }
    }, IDLE_MS);
    timer.unref();
  });
}
