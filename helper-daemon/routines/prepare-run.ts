import { setTimeout as wait } from "node:timers/promises";
import { stat, realpath } from "node:fs/promises";
import { asLoopdError, LoopdError } from "../../src/protocol/errors.ts";
import type { Routine } from "../../src/protocol/routine.ts";
import type { Millis, SessionId } from "../../src/protocol/values.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import type { Effective } from "../turns.ts";
import type { RoutineWorld } from "./routine-world.ts";

/** What a run of a routine works with, or why there can be none. */
export type Prepared =
  | { type: "ready"; settings: Effective; workspace: string; session: SessionId | undefined }
  | { type: "problem"; error: LoopdError };

/** A connected server that its tools need may not answer; the run then waits for the next tick. */
const PATIENCE_MS: Millis = 10_000;

/**
 * Finds out what runs of these routines work with, by name. Routines with the same settings are looked at once. One that
 * takes too long is left out.
 */
export async function prepareRuns(
  world: RoutineWorld,
  routines: readonly StoredRoutine[],
): Promise<ReadonlyMap<string, Prepared>> {
  const looks = new Map<string, Promise<Prepared | undefined>>();
  const prepared = new Map<string, Prepared>();
  for (const stored of routines) {
    const session = sessionOf(world, stored);
    const { endpoint, model, overrides, workspace } = stored.routine;
    const key = JSON.stringify([session, endpoint, model, overrides, workspace]);
    const look = looks.get(key) ?? inTime(prepare(world, stored.routine, session));
    looks.set(key, look);
    const found = await look;
    if (found !== undefined) prepared.set(stored.routine.name, found);
  }
  return prepared;
}

async function prepare(world: RoutineWorld, routine: Routine, session: SessionId | undefined): Promise<Prepared> {
  const { prompt: input, endpoint, model, overrides } = routine;
  try {
    const workspace = session === undefined ? await workspaceOf(routine.workspace ?? world.person) : "";
    const settings = await world.effective({ requestId: "routine", input, session, endpoint, model, overrides });
    return { type: "ready", settings: withProvenance(settings), workspace, session };
  } catch (thrown) {
    return { type: "problem", error: asLoopdError(thrown) };
  }
}

/** The session that its runs go on in, if there still is one and it carries whatever the routine's words carry. */
function sessionOf({ store }: RoutineWorld, { routine, session, taints }: StoredRoutine): SessionId | undefined {
  if (routine.session === "new" || session === undefined) return undefined;
  try {
    store.lists.session(session);
  } catch {
    return undefined;
  }
  const carried = taints.length === 0 ? [] : store.taints.ofSession(session);
  return taints.every((source) => carried.includes(source)) ? session : undefined;
}

/** @throws LoopdError `workspace-missing` */
export async function workspaceOf(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return realpath(folder);
  throw new LoopdError("workspace-missing", `The folder ${folder}, which the routine works in, does not exist.`);
}

function withProvenance(settings: Effective): Effective {
  const named = Object.entries(settings.provenance).map(([key, from]) => [key, from === "turn" ? "routine" : from]);
  return { ...settings, provenance: Object.fromEntries(named) as Record<string, string> };
}

async function inTime<T>(look: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  const first = await Promise.race([look, late]);
  stop.abort();
  return first;
}
