import { Cron } from "croner";
import { RecurrenceRule } from "node-schedule";
import { join } from "node:path";
import { createHub } from "../helper-daemon/hub.ts";
import { createStamp } from "../helper-daemon/ids.ts";
import { standingFrom } from "../helper-daemon/routines/change-routine.ts";
import type { RoutineWorld } from "../helper-daemon/routines/routine-world.ts";
import { tick } from "../helper-daemon/routines/tick.ts";
import { openStore } from "../helper-daemon/store/open-store.ts";
import { routineSchema } from "../src/protocol/routine.ts";
import type { Json } from "../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../test/fakes/helper.ts";
import type { Figure } from "./figure.ts";
import { median } from "./statistics.ts";

const HOUR_MS = 3_600_000;
const BEGIN = Date.UTC(2026, 10, 20, 12, 0, 30);
const THREE_DAYS_LATER = BEGIN + 72 * HOUR_MS;
const ZONE = "Europe/Berlin";

/**
 * Ticks on a real database, every row and turn durable: one that finds nothing due among many routines, and one after three
 * days of sleep. Beside the latter what croner and node-schedule take to walk through the same hours, with no ledger.
 */
export async function measureScheduler(rounds: number): Promise<Figure[]> {
  const idle: number[] = [];
  const after: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    idle.push(await timedTick({ routines: 10_000, expression: () => "0 9 * * *", now: BEGIN + 60_000 }));
    after.push(await timedTick({ routines: 1_000, expression: (i) => `${i % 60} * * * *`, now: THREE_DAYS_LATER }));
  }
  const jump = { name: "1,000 hourly routines after three days", unit: "ms" as const, loopd: median(after) };
  return [
    { name: "10,000 routines, idle tick", unit: "ms", loopd: median(idle), budget: { of: "value", atMost: 5 } },
    { ...jump, budget: { of: "value", atMost: 150 } },
    { ...jump, name: `${jump.name}: beside croner`, against: { name: "croner alone", value: timed(walkCroner) } },
    {
      ...jump,
      name: `${jump.name}: beside node-schedule`,
      against: { name: "node-schedule alone", value: timed(walkNodeSchedule) },
    },
  ];
}

interface Case {
  routines: number;
  expression(index: number): string;
  now: number;
}

async function timedTick({ routines, expression, now }: Case): Promise<number> {
  const folder = temporaryFolder("bench");
  const store = openStore(join(folder, "loopd.db"), createStamp("bench"));
  const hub = createHub(store.log);
  try {
    hub.together((record) => {
      for (let i = 0; i < routines; i += 1) {
        const trigger = { type: "cron" as const, expression: expression(i), zone: ZONE };
        const name = `routine ${i}`;
        const after = { routine: routineSchema.parse({ name, prompt: "Go.", trigger }) } as Json;
        record([{ kind: "state.changed", session: "home", data: { store: "routine", key: name, after } }]);
        store.routines.stand(name, standingFrom(trigger, BEGIN));
      }
    });
    const world = worldOf(store, hub, folder, now);
    // The first tick of a process prepares its statements.
    await tick({ ...world, now: () => BEGIN }, { absences: [], happened: new Map(), also: [] });
    const absences = [{ from: BEGIN, to: now, reason: "asleep" as const }];
    const begun = performance.now();
    await tick(world, { absences, happened: new Map(), also: [] });
    return performance.now() - begun;
  } finally {
    store.close();
    removeFolder(folder);
  }
}

function worldOf(store: RoutineWorld["store"], hub: RoutineWorld["hub"], person: string, now: number): RoutineWorld {
  const nothing = () => {};
  return {
    ...{ store, hub, person, boot: "bench", now: () => now, notify: nothing },
    logins: () => Promise.resolve([]),
    log: undefined as unknown as RoutineWorld["log"],
    turns: { wake: nothing, cancel: () => ({ turns: [] }) },
    effective: () =>
      Promise.resolve({
        ...{ endpoint: "none", model: "m", takesImages: false, dialect: "anthropic" as const },
        ...{ endpointTrust: "local" as const, overrides: {}, provenance: {} },
      }),
  };
}

/** Routines that the peers walk for, since that takes them long; their time is scaled up to a thousand. */
const WALKED = 10;

/** Every slot of the three days, one after the other, which is all that croner offers. */
function walkCroner(): void {
  for (let i = 0; i < WALKED; i += 1) {
    const cron = new Cron(`${i % 60} * * * *`, { timezone: ZONE });
    for (
      let at = cron.nextRun(new Date(BEGIN));
      at !== null && at.getTime() <= THREE_DAYS_LATER;
      at = cron.nextRun(at)
    );
  }
}

/** The same with node-schedule's rules, which its own alarms are set by. */
function walkNodeSchedule(): void {
  for (let i = 0; i < WALKED; i += 1) {
    const rule = new RecurrenceRule();
    rule.minute = i % 60;
    rule.tz = ZONE;
    for (let at = rule.nextInvocationDate(new Date(BEGIN)); at !== null && at.getTime() <= THREE_DAYS_LATER;)
      at = rule.nextInvocationDate(new Date(at.getTime()));
  }
}

function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return ((performance.now() - begun) * 1_000) / WALKED;
}
