import type { Entry } from "../../src/protocol/entries.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { asLoopdError } from "../../src/protocol/errors.ts";
import { createAwakeClock, readClocks, TICK_MS, type AwakeClock } from "./awake-clock.ts";
import type { FileWatch } from "./file-watch.ts";
import type { RoutineWorld } from "./routine-world.ts";

/** Sees that routines run when they are due. Holds next to nothing in memory until there is one that is not paused. */
export interface Scheduler {
  /** Accounts for the time in which no helper ran, then goes on. */
  start(): void;
  /** Ticks now; resolves once everything that is due has been claimed. Never rejects: what failed is tried again. */
  poke(also?: readonly string[]): Promise<void>;
  /** The routines have changed. */
  changed(): Promise<void>;
  stop(): Promise<void>;
}

/** How often the clocks are compared. */
const LOOK_MS: Millis = 5_000;
/** The first alarm of a moment that has just passed. */
const AT_ONCE_MS: Millis = 50;

/** What the next tick is to look at. */
interface Asked {
  happened: Map<string, Millis[]>;
  also: Set<string>;
}

/** The scheduler of a helper. Everything but its timers is in the store, so it may be stopped at any time. */
export function createScheduler(world: RoutineWorld): Scheduler {
  const { store, hub, log } = world;
  let clock: AwakeClock | undefined;
  let timers: NodeJS.Timeout[] = [];
  let alarm: { at: Millis; cancel(): void } | undefined;
  let watch: FileWatch | undefined;
  let asked: Asked | undefined;
  let working: Promise<void> | undefined;
  let isStopped = false;
  let unlisten = () => {};

  const ask = (also: readonly string[], happened: readonly string[]): Promise<void> => {
    if (isStopped) return Promise.resolve();
    asked ??= { happened: new Map(), also: new Set() };
    for (const name of also) asked.also.add(name);
    for (const name of happened) asked.happened.set(name, [...(asked.happened.get(name) ?? []), world.now()]);
    working ??= work().finally(() => (working = undefined));
    return working;
  };
  const work = async (): Promise<void> => {
    // What asks while a tick is prepared is looked at by the one after.
    await Promise.resolve();
    while (asked !== undefined && !isStopped) {
      const now = asked;
      asked = undefined;
      try {
        await once(now);
      } catch (thrown) {
        const error = asLoopdError(thrown);
        log.error({ code: error.code, err: error }, "a tick of the routines failed; the next one makes up for it");
        keepFor(now);
        return;
      }
    }
  };
  /** What a tick that failed was to look at, for the next one. */
  const keepFor = ({ happened, also }: Asked): void => {
    asked ??= { happened: new Map(), also: new Set() };
    for (const name of also) asked.also.add(name);
    for (const [name, times] of happened) asked.happened.set(name, [...times, ...(asked.happened.get(name) ?? [])]);
  };
  const once = async ({ happened, also }: Asked): Promise<void> => {
    const awake = (clock ??= createAwakeClock(readClocks(world.now()), undefined));
    const engine = await import("./engine.ts");
    // To look costs two small programs: not for each run that ends.
    const logins = await loginsSince(happened.size + also.size === 0);
    const now = readClocks(world.now());
    const absences = awake.absencesUntil(now);
    const woken = absences.some(({ reason }) => reason === "asleep") ? store.routines.waitingFor("wake") : [];
    const told = new Map(happened);
    for (const name of [...woken, ...logins.waiting]) told.set(name, [...(told.get(name) ?? []), now.wall]);
    const again = await engine.runTick(world, { absences, happened: told, also: [...also], logins: logins.now });
    awake.ticked(readClocks(world.now()));
    if (again.length > 0) void ask(again, []);
    await arm();
  };
  /** The logins that there are, where routines wait for one, and the routines that have one to run for. */
  const loginsSince = async (isLook: boolean): Promise<{ now: string[] | undefined; waiting: string[] }> => {
    const waiting = store.routines.waitingFor("login");
    const before = store.routines.awake().logins;
    if (waiting.length === 0) return { now: undefined, waiting };
    if (!isLook && before !== undefined) return { now: before, waiting: [] };
    const now = await world.logins(world.boot);
    if (now === undefined) return { now: before, waiting: [] };
    const isNew = before !== undefined && now.some((login) => !before.includes(login));
    return { now, waiting: isNew ? waiting : [] };
  };

  /** Sets the alarm for the next moment, and the timers as long as anything can be due. */
  const arm = async (): Promise<void> => {
    if (isStopped) return;
    const isNeeded = store.routines.isAnyEnabled();
    if (!isNeeded) {
      rest();
      return;
    }
    if (timers.length === 0) {
      const beats = setInterval(() => void ask([], []), TICK_MS);
      const looks = setInterval(() => {
        if (clock?.hasJumped(world.now(), performance.now()) === true) void ask([], []);
      }, LOOK_MS);
      timers = [beats.unref(), looks.unref()];
    }
    const next = store.routines.nextMoment();
    if (next === alarm?.at) return;
    alarm?.cancel();
    alarm = undefined;
    const now = world.now();
    if (next === undefined || next > now + 24 * 3_600_000) return;
    // It only ever sets the one alarm: its recurring mode bursts after sleep and goes silent when the clock is set back.
    const { default: nodeSchedule } = await import("node-schedule");
    if (isStopped) return;
    const job = nodeSchedule.scheduleJob(new Date(Math.max(next, now + AT_ONCE_MS)), () => {
      alarm = undefined;
      void ask([], []);
    });
    alarm = { at: next, cancel: () => job?.cancel() };
  };
  const rest = (): void => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    // Time in which nothing can be due is no sleep.
    clock = undefined;
    alarm?.cancel();
    alarm = undefined;
  };

  const watchFiles = async (): Promise<void> => {
    const names = store.routines.waitingFor("file");
    if (names.length === 0 && watch === undefined) return;
    const { createFileWatch } = await import("./file-watch.ts");
    watch ??= createFileWatch({
      log,
      changed: (name) => void ask([], [name]),
      troubled: (name, words) => {
        log.warn({ routine: name }, words);
        void import("./engine.ts").then(({ tellOfTrouble }) => tellOfTrouble(world, name, words));
      },
    });
    watch.set(
      names.flatMap((name) => {
        const trigger = store.routines.find(name)?.routine.trigger;
        return trigger?.type === "file" ? [{ name, glob: trigger.glob }] : [];
      }),
    );
  };

  const heard = (entry: Entry): void => {
    const { turn = "" } = entry;
    const run = store.runs.ofTurn(turn);
    if (run === undefined) return;
    void import("./engine.ts")
      .then(async (engine) => {
        if (isStopped) return;
        if (entry.kind === "card.opened") return engine.tellOfCard(world, run.routine);
        const name = engine.settle(world, turn);
        // Whatever waited for its end begins now.
        if (name !== undefined) await ask([name], []);
      })
      .catch((thrown: unknown) =>
        log.error({ turn, err: asLoopdError(thrown) }, "a run could not be settled; a restart does"),
      );
  };

  return {
    start: () => {
      // Recording is not for those who are being told.
      unlisten = hub.listen((event) => {
        for (const entry of event.type === "entries" ? event.entries : [])
          if (entry.kind === "turn.finished" || entry.kind === "card.opened") setImmediate(heard, entry);
      });
      const { at } = store.routines.awake();
      for (const { turn = "" } of store.runs.open()) {
        const [end] = turn === "" ? [] : store.log.ofTurn(turn, "turn.finished");
        if (end !== undefined) heard(end);
      }
      if (!store.routines.isAnyEnabled()) return;
      clock = createAwakeClock(readClocks(world.now()), at);
      void ask([], []);
      void watchFiles().catch((thrown: unknown) => log.error({ err: asLoopdError(thrown) }, "files are not watched"));
    },
    poke: (also = []) => ask(also, []),
    changed: async () => {
      await watchFiles();
      if (store.routines.isAnyEnabled()) await ask([], []);
      else rest();
    },
    stop: async () => {
      isStopped = true;
      unlisten();
      rest();
      watch?.close();
      await working;
    },
  };
}
