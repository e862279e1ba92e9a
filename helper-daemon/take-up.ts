import type { Hub } from "./hub.ts";
import { keepIndexed } from "./keep-indexed.ts";
import type { Retention } from "./retention.ts";
import type { Routines } from "./routines/routines.ts";
import type { Store } from "./store/open-store.ts";
import type { Turns } from "./turns.ts";

/** What goes on by itself once the helper serves. */
interface TakeUpOptions {
  turns: Turns;
  routines: Routines;
  retention: Retention;
  hub: Hub;
  store: Store;
}

/** Takes up what an earlier helper left open, and begins what goes on in the background. */
export function takeUp({ turns, routines, retention, hub, store }: TakeUpOptions): void {
  turns.resume();
  routines.scheduler.start();
  retention.start();
  keepIndexed(hub, store.words);
}
