import type { EntryDraft } from "../../protocol/entries.ts";
import { allEnded } from "../all-ended.ts";
import { decideCalls } from "../decide-calls.ts";
import { type Ahead, catchUp, flush, withDerived, withFacts } from "../draft-ahead.ts";
import type { NextStep } from "../next-step.ts";
import type { Ports, Settings } from "../ports.ts";
import type { CallView, TurnState, TurnView } from "../transcript.ts";
import { untilStopped } from "../until-stopped.ts";
import { applyAfterHooks, type EndDraft, shapedEnd, withheldText } from "./after-hooks.ts";
import { askValidator } from "./ask-validator.ts";
import { applyBeforeHooks } from "./before-hooks.ts";
import { hooksMaybeAbout } from "./due-hooks.ts";
import { circumstancesOf } from "../policy/circumstances.ts";

type HookStep = Extract<NextStep, { type: "before-hooks" | "after-hooks" | "judge" }>;

/**
 * Asks the hooks of one step. What they are asked about is durable before, what they said is after; then the loop looks
 * again. A turn that is being cancelled still shows its ends to after-hooks, under their limits.
 */
export async function askHooks(
  ports: Ports,
  before: Ahead,
  step: HookStep,
  settings: Settings,
  shutdown: AbortSignal,
): Promise<Ahead> {
  const flushed = await flush(ports, before);
  const { view } = flushed.ahead;
  const { turn } = view;
  if (flushed.entries === undefined || turn === undefined) return flushed.ahead;
  const work = async (stop: AbortSignal): Promise<EntryDraft[]> => {
    if (step.type === "judge") return askValidator(ports, view, turn, step.hook, step.answer, stop);
    if (step.type === "before-hooks") {
      await allEnded(step.calls.map((call) => applyBeforeHooks(ports, view, turn, call, settings, stop)));
    } else {
      await allEnded(step.ends.map((end) => applyAfterHooks(ports, view, turn, end, settings, shutdown)));
    }
    return [];
  };
  const facts = await untilStopped(ports, turn, view.seq, shutdown, work);
  return withFacts(await catchUp(ports, flushed.ahead), facts);
}

/** The decisions on calls. Only where a hook may have a say does anything have to be durable first. */
export async function decided(
  ports: Ports,
  ahead: Ahead,
  calls: CallView[],
  settings: Settings,
  shutdown: AbortSignal,
): Promise<Ahead> {
  const { turn } = ahead.now;
  if (turn === undefined) return ahead;
  if (!hasDecideHooks(ahead.now, turn, calls, settings, ports)) {
    return withDerived(ahead, await decideCalls(ports, ahead.now, calls, settings, shutdown));
  }
  const flushed = await flush(ports, ahead);
  if (flushed.entries === undefined) return flushed.ahead;
  const { view } = flushed.ahead;
  const drafts = await untilStopped(ports, turn, view.seq, shutdown, (stop) =>
    decideCalls(ports, view, calls, settings, stop),
  );
  return withDerived(await catchUp(ports, flushed.ahead), drafts);
}

/** The end of a call that has just run, as its after-hooks leave it. What they could not see any more is withheld. */
export async function throughAfterHooks(
  ports: Ports,
  view: TurnView,
  end: EndDraft,
  settings: Settings,
  shutdown: AbortSignal,
): Promise<EndDraft> {
  const { turn } = view;
  if (turn === undefined || settings.hooks.length === 0) return end;
  const { shapings, isWhole } = await applyAfterHooks(ports, view, turn, end, settings, shutdown);
  if (isWhole) return shapedEnd(turn, end, shapings);
  const text = withheldText("the hooks that check outputs", "loopd was stopped before they could");
  return shapedEnd(turn, end, [...shapings, { hook: "", outcome: end.data.outcome, text }]);
}

function hasDecideHooks(
  view: TurnView,
  turn: TurnState,
  calls: CallView[],
  { hooks }: Settings,
  ports: Ports,
): boolean {
  if (hooks.length === 0) return false;
  const around = circumstancesOf(view, turn, ports.now());
  return calls.some((call) => hooksMaybeAbout(hooks, "decide", call, around).length > 0);
}
