import { pushToFaces, type PushWorld } from "./face-push.ts";
import type { Hub } from "./hub.ts";
import { keepIndexed } from "./keep-indexed.ts";
import type { Retention } from "./retention.ts";
import type { Routines } from "./routines/routines.ts";
import type { Store } from "./store/open-store.ts";
import type { Turns } from "./turns.ts";

/** What goes on by itself once the helper serves. */
interface TakeUpOptions extends PushWorld {
  turns: Turns;
  routines: Routines;
  retention: Retention;
  hub: Hub;
  store: Store;
}

/** Takes up what an earlier helper left open, and begins what goes on in the background. */
export function takeUp({ turns, routines, retention, store, ...world }: TakeUpOptions): void {
  turns.resume();
  routines.scheduler.start();
  retention.start();
  keepIndexed(world.hub, store.words);
  pushToFaces(world);
}
