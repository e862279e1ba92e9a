import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../../helper-daemon/hub.ts";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { createRoutineDesk } from "../../../helper-daemon/routines/routine-desk.ts";
import type { RoutineWorld } from "../../../helper-daemon/routines/routine-world.ts";
import type { Scheduler } from "../../../helper-daemon/routines/scheduler.ts";
import { openStore } from "../../../helper-daemon/store/open-store.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const NOON = Date.UTC(2026, 10, 21, 12);

test("a moment that passes while a routine is being checked is due, and not lost", async () => {
  const folder = temporaryFolder("late");
  const store = openStore(join(folder, "loopd.db"), createStamp("test"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  let now = NOON;
  const world = {
    ...{ store, hub: createHub(store.log), person: folder, boot: "test", now: () => now },
    // Looking at an endpoint may take a while.
    effective: () => Promise.resolve((now += 5_000)),
  } as unknown as RoutineWorld;
  const scheduler = { changed: () => Promise.resolve(), poke: () => Promise.resolve() } as unknown as Scheduler;
  const desk = createRoutineDesk(world, scheduler);
  const at = new Date(NOON + 2_000).toISOString();
  const wish = { name: "soon", prompt: "Go.", schedule: { at }, zone: "UTC" };
  await desk.add(wish as unknown as Parameters<typeof desk.add>[0], { caller: "face" });
  expect(store.routines.find("soon")?.nextDue).toBe(NOON + 2_000);

  const again = { name: "soon", changes: {}, schedule: { at: new Date(now + 2_000).toISOString() } };
  const edited = now + 2_000;
  await desk.edit(again as unknown as Parameters<typeof desk.edit>[0], { caller: "face" });
  expect(store.routines.find("soon")?.nextDue).toBe(edited);
});
