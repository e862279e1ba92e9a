import { alteredSight } from "../altered-sight.ts";
import type { EntryData, EntryDraft } from "../../protocol/entries.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { Millis } from "../../protocol/values.ts";
import { outputShare } from "../context/output-share.ts";
import { cutText } from "../cut-text.ts";
import { circumstancesOf } from "../policy/circumstances.ts";
import type { Ports, Settings } from "../ports.ts";
import { type CallView, callsOf, type TurnState, type TurnView } from "../transcript.ts";
import { type Asked, askHook, callInput, inputOf } from "./ask-hook.ts";
import type { Shaping } from "./call-hooks.ts";
import { hooksAbout, isStrict } from "./due-hooks.ts";

/** The end of a call on its way into the trace. */
export type EndDraft = Extract<EntryDraft, { kind: "tool.finished" }>;

/** Whether a draft is the end of a call. */
export function isEnd(draft: EntryDraft): draft is EndDraft {
  return draft.kind === "tool.finished";
}

/** After-hooks that have not seen the end of a call, in the order in which they are asked: the last one first. */
export function unseenEnd(view: TurnView, turn: TurnState, end: EndDraft, { hooks }: Settings, now: Millis): Hook[] {
  const call = callOf(turn, end);
  if (call === undefined || hooks.length === 0) return [];
  const facts = call.decision?.facts ?? { hash: "" };
  const about = hooksAbout(hooks, "after", call, facts, circumstancesOf(view, turn, now));
  const seen = shapingsOf(call, end).map(({ hook }) => hook);
  return about.filter(({ name }) => !seen.includes(name)).reverse();
}

/** The end of a call as the hooks that have seen it left it. */
export function shapedEnd(turn: TurnState, end: EndDraft, fresh: readonly Shaping[]): EndDraft {
  const call = callOf(turn, end);
  const known = call === undefined ? [] : shapingsOf(call, end);
  return [...known, ...fresh].reduce(withShaping, end);
}

/**
 * Asks the after-hooks that have not seen the end of a call. Each application is durable before the next hook is asked.
 * Where the helper goes down meanwhile, the rest is not asked: `isWhole` is false.
 */
export async function applyAfterHooks(
  ports: Ports,
  view: TurnView,
  turn: TurnState,
  end: EndDraft,
  settings: Settings,
  shutdown: AbortSignal,
): Promise<{ shapings: Shaping[]; isWhole: boolean }> {
  const call = callOf(turn, end);
  const shapings: Shaping[] = [];
  for (const hook of unseenEnd(view, turn, end, settings, ports.now())) {
    if (call === undefined) break;
    const { outcome: kind, text, isSideEffectPossible } = shapedEnd(turn, end, shapings).data;
    const input = {
      ...inputOf(view, turn, "after"),
      call: callInput(call, call.arguments, call.decision?.facts),
      outcome: { kind, text, isSideEffectPossible },
    };
    const asked = await askHook(ports, hook, "after", input, shutdown);
    if (asked.type === "stopped") return { shapings, isWhole: false };
    const application = applicationOf(hook, asked, outputShare(turn, settings));
    const data = { hook: hook.name, at: "after" as const, callId: call.callId, outcome: kind, ...application };
    await ports.record([{ kind: "hook.applied", session: view.session, turn: turn.turn, data }]);
    shapings.push({ hook: hook.name, outcome: kind, text: application.text });
  }
  return { shapings, isWhole: true };
}

/** What stands in the place of an output that could not be shown to every hook: the fact that it happened stays. */
export function withheldText(who: string, why: string): string {
  return `The output is withheld, because ${who} failed: ${why}. The call itself ended as told; do not repeat it for its output.`;
}

function applicationOf(
  hook: Hook,
  asked: Exclude<Asked<"after">, { type: "stopped" }>,
  outputBytes: number,
): Pick<EntryData<"hook.applied">, "change" | "text" | "failure"> {
  if (asked.type === "failed") {
    if (!isStrict(hook, "after")) return { change: "none", failure: asked.why };
    const text = withheldText(`the hook ${hook.name}, which checks outputs,`, asked.why);
    return { change: "outcome", text, failure: asked.why };
  }
  if (!("outcome" in asked.answer)) return { change: "none" };
  return { change: "outcome", text: cutText(asked.answer.outcome.text, outputBytes) };
}

function callOf(turn: TurnState, { data }: EndDraft): CallView | undefined {
  return callsOf(turn).find(({ callId }) => callId === data.callId);
}

function shapingsOf(call: CallView, { data }: EndDraft): readonly Shaping[] {
  return call.hooks.after.filter(({ outcome }) => outcome === data.outcome);
}

/** The whole output elsewhere, and whatever else holds the text, is out of the model's reach once a hook has changed it. */
function withShaping(end: EndDraft, { text }: Shaping): EndDraft {
  if (text === undefined) return end;
  const { data } = end;
  const isMarked = data.outcome === "ok" || text.startsWith("ERROR:");
  const changed = {
    text: isMarked ? text : `ERROR: ${text}`,
    blob: undefined,
    content: undefined,
    saw: undefined,
    sight: alteredSight(data.sight),
  };
  return { ...end, data: { ...data, ...changed } };
}
