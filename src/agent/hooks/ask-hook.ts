import { type Hook, type HookAnswer, hookAnswerSchemas, type HookInput, type HookPhase } from "../../protocol/hooks.ts";
import type { Facts, Json, Millis } from "../../protocol/values.ts";
import type { Ports } from "../ports.ts";
import type { CallView, TurnState, TurnView } from "../transcript.ts";

const LIMIT: Millis = 10_000;
const JUDGE_LIMIT: Millis = 120_000;
/** How long a hook that was stopped may take to end what it had started. */
const GRACE: Millis = 5_000;

/** What came of asking a hook. `stopped`: the turn or the helper ended meanwhile, so there is nothing to record. */
export type Asked<P extends HookPhase> =
  { type: "answered"; answer: HookAnswer<P> } | { type: "failed"; why: string } | { type: "stopped" };

/** Asks a hook under its limit and checks what it says. Never rejects. */
export function askHook<P extends HookPhase>(
  ports: Ports,
  hook: Hook,
  phase: P,
  input: HookInput,
  stop: AbortSignal,
): Promise<Asked<P>> {
  return underLimit(ports, hook, stop, async (signal) => checked(phase, await ports.hook(hook, input, signal)));
}

/** Work on behalf of a hook under the hook's limit; a rejection is a failure of the hook. Never rejects. */
export async function underLimit<P extends HookPhase>(
  ports: Ports,
  hook: Hook,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<Asked<P>>,
): Promise<Asked<P>> {
  if (stop.aborted) return { type: "stopped" };
  const limit = hook.limitMs ?? (hook.builtin === "judge" ? JUDGE_LIMIT : LIMIT);
  const timer = ports.timer(limit);
  const own = new AbortController();
  const done = Promise.resolve()
    .then(() => work(AbortSignal.any([own.signal, stop])))
    .catch((thrown: unknown): Asked<P> => ({ type: "failed", why: wordsOf(thrown) }));
  const late = timer.expired.then((): Asked<P> => ({ type: "failed", why: `it took longer than ${limit / 1000} s` }));
  const stopped = new Promise<Asked<P>>((resolve) => {
    stop.addEventListener("abort", () => resolve({ type: "stopped" }), { once: true, signal: own.signal });
  });
  const asked = await Promise.race([done, late, stopped]);
  timer.stop();
  own.abort();
  const grace = ports.timer(GRACE);
  await Promise.race([done, grace.expired]);
  grace.stop();
  return stop.aborted ? { type: "stopped" } : asked;
}

/** The part of an input that is the same in every phase. */
export function inputOf(view: TurnView, turn: TurnState, at: HookPhase): HookInput {
  const { session, workspace } = view;
  return { v: 1, at, session, turn: turn.turn, workspace, env: turn.overrides.env ?? {} };
}

/** A call as hooks are told of it. */
export function callInput(
  { callId, name, effect }: CallView,
  values: Json,
  facts: Facts | undefined,
): NonNullable<HookInput["call"]> {
  return { callId, name, arguments: values, effect, facts };
}

function checked<P extends HookPhase>(phase: P, said: unknown): Asked<P> {
  const parsed = hookAnswerSchemas[phase].safeParse(said);
  if (parsed.success) return { type: "answered", answer: parsed.data as HookAnswer<P> };
  return { type: "failed", why: `it answered something that does not fit "${phase}": ${shown(said)}` };
}

function shown(said: unknown): string {
  const text = JSON.stringify(said) ?? String(said);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
