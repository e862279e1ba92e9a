import type { EntryDraft } from "../../src/protocol/entries.ts";
import type { Millis, SessionId } from "../../src/protocol/values.ts";
import type { Hub } from "../hub.ts";
import { newId } from "../ids.ts";
import { iso } from "../store/routine-ledger.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import { freshNonce, titleOf } from "../turns.ts";
import type { Prepared } from "./prepare-run.ts";
import type { RoutineTurn, RoutineWorld } from "./routine-world.ts";

/** A run that is to begin: its row in the ledger is `due`. */
interface Beginning {
  stored: StoredRoutine;
  slot: Millis;
  /** How often it has begun before. */
  attempts: number;
  prepared: Extract<Prepared, { type: "ready" }>;
  now: Millis;
}

/**
 * Submits the turn of a run, in the transaction that `record` belongs to. The key of its origin is unique, so a slot that
 * another helper has claimed meanwhile undoes the whole transaction.
 */
export function beginRun(
  { store }: RoutineWorld,
  record: Hub["record"],
  { stored, slot, attempts, prepared, now }: Beginning,
): RoutineTurn {
  const { routine, taints } = stored;
  const { name, prompt: input } = routine;
  // A session of its own for each attempt, so that the model is not told of what went wrong with the network.
  const session: SessionId = prepared.session ?? newId("s");
  const turn = newId("t");
  const drafts: EntryDraft[] = [];
  if (prepared.session === undefined) {
    const carried = taints.length === 0 ? {} : { taints };
    const title = titleOf(`${name}: ${input}`);
    const data = { title, workspace: prepared.workspace, nonce: freshNonce(), ...carried };
    drafts.push({ kind: "session.created", session, data });
  }
  const again = attempts === 0 ? "" : `:${attempts + 1}`;
  const origin = { origin: "routine" as const, originKey: `routine:${name}:${iso(slot)}${again}` };
  drafts.push({ kind: "turn.started", session, turn, data: { input, ...origin, ...prepared.settings } });
  record(drafts);
  store.runs.begin(name, slot, { session, turn, at: now });
  if (routine.session === "resume") store.routines.stand(name, { session });
  return { session, turn };
}
