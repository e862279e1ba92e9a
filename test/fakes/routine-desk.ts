import type { RunRow } from "../../src/protocol/routine.ts";
import type { ParamsOf, ResultOf } from "../../src/protocol/requests.ts";
import { type Journey, journey } from "./journey.ts";
import { type Behaviour, script } from "./model-server.ts";

/** A journey about routines. */
export interface RoutineJourney extends Journey {
  add(
    wish: Partial<ParamsOf<"routine.add">> & { schedule: ParamsOf<"routine.add">["schedule"] },
  ): Promise<ResultOf<"routine.add">>;
  /** The ledger in words, newest first: `late 2026-11-23T09:00`, `missed 2026-11-22T09:00 asleep`. */
  ledger(): Promise<string[]>;
  /** The same of one routine. */
  ledgerOf(name: string): Promise<string[]>;
  runs(): Promise<RunRow[]>;
  poke(): Promise<void>;
  /** Resolves once no run is due or under way; those that wait for a person may be. */
  idle(): Promise<void>;
  /** Resolves once so many turns have finished. */
  finished(count: number): Promise<void>;
  /** The same on the helper that runs now. */
  again(): Promise<RoutineJourney>;
}

/** Starts one; every turn ends at once where no behaviour is given. */
export async function routineJourney(
  behaviour: Behaviour = () => script().says("done"),
  environment: Record<string, string> = {},
): Promise<RoutineJourney> {
  return over(await journey(behaviour, { environment }));
}

function over(world: Journey): RoutineJourney {
  const { face, workspace } = world;
  const runs = async (name?: string) => (await face.connection.request("routine.runs", { name, limit: 1_000 })).runs;
  const ledger = async (name?: string) =>
    (await runs(name)).map(({ state, scheduledFor, reason }) =>
      [state, scheduledFor.slice(0, 16), ...(reason === undefined ? [] : [reason])].join(" "),
    );
  return {
    ...world,
    add: (wish) =>
      face.connection.request("routine.add", { name: "brief", prompt: "Write it.", workspace, zone: "UTC", ...wish }),
    ledger: () => ledger(),
    ledgerOf: ledger,
    runs: () => runs(),
    idle: async () => {
      const isOpen = async () => (await runs()).some(({ state }) => state === "due" || state === "running");
      while (await isOpen()) await face.connection.request("routine.poke", {});
    },
    poke: async () => {
      await face.connection.request("routine.poke", {});
    },
    finished: async (count) => {
      const seen = new Set<string | undefined>();
      while (seen.size < count) seen.add((await face.untilKind("turn.finished", ({ turn }) => !seen.has(turn))).turn);
      // The ledger follows a moment after the trace.
      for (;;) {
        const settled = (await runs()).filter((run) => run.finishedAt !== undefined && run.turn !== undefined);
        if (settled.length >= count) return;
        await face.connection.request("routine.poke", {});
      }
    },
    again: async () => over({ ...world, ...(await world.restart()) }),
  };
}
