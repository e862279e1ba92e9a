import type { EntryData } from "../../protocol/entries.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { Facts, Json, Millis } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import { circumstancesOf } from "../policy/circumstances.ts";
import type { Ports, Settings } from "../ports.ts";
import { mayRun } from "../settle-calls.ts";
import type { CallView, TurnState, TurnView } from "../transcript.ts";
import { type Asked, askHook, callInput, inputOf } from "./ask-hook.ts";
import { hooksAbout, hooksMaybeAbout, isStrict } from "./due-hooks.ts";

/**
 * Calls with before-hooks that have not seen their arguments: such that are not decided yet, and decided ones about to
 * run, where a hook came into the configuration meanwhile. Never those that a person is looking at.
 */
export function awaitingHooks(
  view: TurnView,
  turn: TurnState,
  calls: readonly CallView[],
  settings: Settings,
  now: Millis,
): CallView[] {
  if (settings.hooks.length === 0) return [];
  return calls.filter((call) => {
    if (call.outcome !== undefined || call.isStarted) return false;
    const isNext = call.decision === undefined || mayRun(call, settings);
    return isNext && unseen(view, turn, call, settings, now).length > 0;
  });
}

function unseen(view: TurnView, turn: TurnState, call: CallView, { hooks }: Settings, now: Millis): Hook[] {
  const around = circumstancesOf(view, turn, now);
  return hooksMaybeAbout(hooks, "before", call, around).filter(({ name }) => !call.hooks.before.includes(name));
}

/** Asks a call's before-hooks in order. Each application is durable before the next hook is asked. */
export async function applyBeforeHooks(
  ports: Ports,
  view: TurnView,
  turn: TurnState,
  call: CallView,
  settings: Settings,
  stop: AbortSignal,
): Promise<void> {
  let now = call;
  let facts: Facts | undefined;
  const around = circumstancesOf(view, turn, ports.now());
  for (const hook of unseen(view, turn, call, settings, ports.now())) {
    const { callId, name, effect = "exec" } = now;
    facts ??= await ports.inspect({ callId, name, arguments: now.arguments, effect });
    const isAbout = hooksAbout([hook], "before", now, facts, around).length > 0;
    const input = { ...inputOf(view, turn, "before"), call: callInput(now, now.arguments, facts) };
    const asked: Asked<"before"> = isAbout
      ? await askHook(ports, hook, "before", input, stop)
      : { type: "answered", answer: {} };
    if (asked.type === "stopped") return;
    const applied = applicationOf(hook, now, asked, settings);
    const data = { hook: hook.name, at: "before" as const, callId, ...applied };
    await ports.record([{ kind: "hook.applied", session: view.session, turn: turn.turn, data }]);
    if (applied.change === "cancelled") return;
    if (applied.arguments === undefined) continue;
    now = { ...now, arguments: applied.arguments };
    facts = undefined;
  }
}

type Application = Pick<EntryData<"hook.applied">, "change" | "arguments" | "text" | "failure">;

function applicationOf(
  hook: Hook,
  call: CallView,
  asked: Exclude<Asked<"before">, { type: "stopped" }>,
  settings: Settings,
): Application {
  if (asked.type === "failed") return failed(hook, asked.why);
  const { answer } = asked;
  if ("cancel" in answer) return { change: "cancelled", text: cancelWords(hook, answer.cancel) };
  if (!("arguments" in answer)) return { change: "none" };
  if (isSame(answer.arguments, call.arguments)) return { change: "none" };
  const parsed = settings.tools.parse(call.name, answer.arguments);
  if (parsed.type === "invalid") return failed(hook, `its arguments do not fit the tool: ${parsed.message}`);
  return isSame(parsed.arguments, call.arguments)
    ? { change: "none" }
    : { change: "arguments", arguments: parsed.arguments };
}

function failed(hook: Hook, failure: string): Application {
  if (!isStrict(hook, "before")) return { change: "none", failure };
  const text = `The hook ${hook.name}, which checks calls before they run, failed: ${failure}. Nothing was run.`;
  return { change: "cancelled", failure, text };
}

function cancelWords(hook: Hook, { reason: why }: { reason: string }): string {
  const reason = why === "" ? "" : ` Its reason: ${why}`;
  return `The hook ${hook.name} cancelled this call before it ran.${reason}`;
}

function isSame(one: Json, other: Json): boolean {
  return canonicalize(one) === canonicalize(other);
}
