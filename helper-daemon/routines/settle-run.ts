import type { EntryData } from "../../src/protocol/entries.ts";
import type { RunState } from "../../src/protocol/routine.ts";
import type { Millis, TurnId } from "../../src/protocol/values.ts";
import type { StoredRoutine } from "../store/routine-list.ts";
import type { OpenRoutineRun } from "../store/routine-runs.ts";
import type { RoutineWorld } from "./routine-world.ts";

/** How a run ended. */
export interface Settled {
  routine: string;
  /** Undefined: it was removed meanwhile. */
  stored: StoredRoutine | undefined;
  /** `again`: it is tried again later. */
  how: "ran" | "failed" | "interrupted" | "again";
  /** What the model said, or what went wrong. */
  words: string;
}

/** A run that begins later than this after its slot is late. */
const LATE_MS: Millis = 60_000;
/** Failures that may be over in a few minutes. */
const PASSING = /^endpoint-(unreachable|rate-limited|overloaded|server-error|timed-out)$/;
/** How long after each failure a run begins again. */
const RETRIES_MS: readonly Millis[] = [60_000, 300_000];

/**
 * Writes down how the run of a turn ended, and whether it is tried again: only where the endpoint failed in a way that
 * passes and no call of the turn can have changed anything. Undefined if the turn is none of an open run's, or goes on.
 */
export function settleRun({ store, hub, now }: RoutineWorld, turn: TurnId): Settled | undefined {
  return hub.together((): Settled | undefined => {
    const run = store.runs.ofTurn(turn);
    const [end] = store.log.ofTurn(turn, "turn.finished");
    if (run === undefined || end === undefined || run.state === "due" || !isOpen(run)) return undefined;
    const { routine, scheduledFor } = run;
    const stored = store.routines.find(routine);
    const finishedAt = now();
    const { finish, text, error } = end.data;
    const detail = error === undefined ? undefined : `${error.code}: ${error.message}`;
    const retryIn = RETRIES_MS[run.attempts - 1];
    if (finish === "failed" && PASSING.test(error?.code ?? "") && retryIn !== undefined && isHarmless(store, turn)) {
      store.runs.again(routine, scheduledFor, finishedAt + retryIn, detail ?? "");
      return { routine, stored, how: "again", words: detail ?? "" };
    }
    const state = stateOf(run, finish);
    const words = detail ?? (finish === "done" ? text : whyOf(store, turn, finish));
    const said = finish === "done" ? {} : { detail: words };
    store.runs.end(routine, scheduledFor, { state, finishedAt, ...spentOf(store, turn), ...said });
    const isFailed = state === "failed";
    if (isFailed || finish === "done") {
      store.routines.stand(routine, { failures: isFailed ? (stored?.failures ?? 0) + 1 : 0 });
    }
    const how = isFailed ? "failed" : state === "interrupted" ? "interrupted" : "ran";
    return { routine, stored: store.routines.find(routine), how, words };
  });
}

function isOpen({ state }: OpenRoutineRun): boolean {
  return state === "running" || state === "waiting";
}

function stateOf(
  { scheduledFor, startedAt, askedAs }: OpenRoutineRun,
  finish: EntryData<"turn.finished">["finish"],
): RunState {
  if (finish === "cancelled" || finish === "interrupted") return "interrupted";
  if (finish !== "done") return "failed";
  const isLate = askedAs === undefined && (startedAt ?? 0) - scheduledFor >= LATE_MS;
  return isLate ? "late" : "ran";
}

/** Every call that began has ended, and none can have changed anything. */
function isHarmless({ log }: RoutineWorld["store"], turn: TurnId): boolean {
  const finished = log.ofTurn(turn, "tool.finished").map(({ data }) => data);
  if (finished.some(({ isSideEffectPossible }) => isSideEffectPossible)) return false;
  const ended = new Set(finished.map(({ callId }) => callId));
  return log.ofTurn(turn, "tool.started").every(({ data }) => ended.has(data.callId));
}

function whyOf({ log }: RoutineWorld["store"], turn: TurnId, finish: string): string {
  const [stopping] = log.ofTurn(turn, "turn.stopping");
  if (finish !== "cancelled" || stopping === undefined) return `The turn ended as ${finish}.`;
  const { by, why } = stopping.data;
  return `Cancelled by ${by}${why === "" ? "." : `: ${why}`}`;
}

function spentOf({ log }: RoutineWorld["store"], turn: TurnId): { tokens?: number; costUsd?: number } {
  const usages = log.ofTurn(turn, "model.responded").flatMap(({ data }) => data.usage ?? []);
  const costs = usages.flatMap(({ costUsd }) => costUsd ?? []);
  return {
    ...(usages.length === 0
      ? {}
      : { tokens: usages.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0) }),
    ...(costs.length === 0 ? {} : { costUsd: costs.reduce((sum, one) => sum + one, 0) }),
  };
}
