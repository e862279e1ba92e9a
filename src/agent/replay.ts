import type { Entry } from "../protocol/entries.ts";
import type { Millis, Rule } from "../protocol/values.ts";
import { nextStep } from "./next-step.ts";
import type { Settings } from "./ports.ts";
import type { Verdict } from "./policy/decide.ts";
import { cutAgain } from "./replay/cut-again.ts";
import { decisionOf } from "./replay/decisions.ts";
import { foldSafely } from "./replay/fold-safely.ts";
import { beginning, explain, type Ongoing } from "./replay/explains.ts";
import { overrunAgain } from "./replay/overrun-again.ts";
import { decideAgain, expiryAgain } from "./replay/policy-point.ts";
import type { Difference, Replay, ReplayPoint } from "./replay/points.ts";
import { recordedBook } from "./replay/recorded-book.ts";
import { type ReplaySettings, settingsAt, windowsOf } from "./replay/settings-at.ts";
import { entryWords, stepReason, stepWords } from "./replay/words.ts";
import { type CallView, callsOf, emptyView, type TurnView } from "./transcript.ts";

export type { Replay, ReplayPoint } from "./replay/points.ts";
export type { ReplaySettings } from "./replay/settings-at.ts";

/**
 * Folds a trace entry by entry and, wherever the loop had decided something, asks today's loop and policy what they would
 * have decided: from what was recorded until then and, where the trace does not say it, from the settings given. Pure. Takes
 * any list of entries: what today's loop can make nothing of is a difference, never an exception.
 */
export function replay(entries: readonly Entry[], given: ReplaySettings): Replay {
  return walkThrough(entries, given);
}

/**
 * The same for a session whose models read placeholders: the loop is asked about the entries as it reads them, since sizes
 * count there, and policy about the same entries with real values, as it was then.
 */
export function replayRevealed(entries: readonly Entry[], revealed: readonly Entry[], given: ReplaySettings): Replay {
  const [loop, policy] = [walkThrough(entries, given), walkThrough(revealed, given)];
  const answers = new Map(policy.points.filter(isOfPolicy).map((point) => [point.seq, point]));
  const points = loop.points.map((point) => (isOfPolicy(point) ? (answers.get(point.seq) ?? point) : point));
  return { points, assumed: [...new Set([...loop.assumed, ...policy.assumed])] };
}

function isOfPolicy({ kind }: ReplayPoint): boolean {
  return kind === "tool.decided" || kind === "card.opened";
}

function walkThrough(entries: readonly Entry[], given: ReplaySettings): Replay {
  const book = recordedBook(entries, given.tools);
  const windows = windowsOf(entries);
  const granted = [...(given.granted ?? [])].sort((one, other) => one.seq - other.seq);
  const standing = given.rules.filter(({ layer }) => layer !== "grant");
  const grants = new Map<string, Rule>();
  const points: ReplayPoint[] = [];
  const assumed = new Set<string>();
  const walk: Walk = { view: emptyView(""), verdicts: new Map(), since: [] };
  for (const [index, entry] of entries.entries()) {
    while ((granted[0]?.seq ?? Infinity) < entry.seq) takeGrant(grants, granted.shift());
    // In a fork, each call was decided in the session that recorded it.
    walk.view = { ...walk.view, session: entry.session };
    const rules = [...standing, ...grants.values()];
    const settings = settingsAt(given, book, walk.view, entry, { rules, window: windows[index] });
    const judged = judgedEntry(walk, entry, settings, assumed);
    if (judged !== undefined) points.push({ ...whereOf(walk.view, entry), ...judged });
    takeGrant(grants, entry);
    if (entry.kind === "turn.stopping") walk.ongoing = undefined;
    walk.before = Date.parse(entry.at);
    walk.view = foldSafely(walk.view, entry);
    walk.since = judged === undefined ? [...walk.since, walk.view].slice(-MOST_SINCE) : [walk.view];
  }
  return { points, assumed: [...assumed] };
}

/** Hardly more happens while a hook is asked or a conversation made smaller. */
const MOST_SINCE = 20;

interface Walk {
  view: TurnView;
  /** The step that is being performed, as far as the trace shows. */
  ongoing?: Ongoing;
  /** What today's policy said to each call last. */
  verdicts: Map<string, Verdict>;
  /** Views since the loop last recorded anything: what takes time, such as asking a hook, began on one of them. */
  since: readonly TurnView[];
  /** When the entry before was recorded: what was decided next was decided after it. */
  before?: Millis;
}

type Judged = { result: "same" } | ({ result: "differs" } & Difference);

const SAME: Judged = { result: "same" };

/** Whether an entry is what would be decided today; undefined for one that nobody decided. */
function judgedEntry(walk: Walk, entry: Entry, settings: Settings, assumed: Set<string>): Judged | undefined {
  try {
    switch (decisionOf(walk.view, entry)) {
      case "fact":
        return undefined;
      case "step": {
        const judged = stepAgain(walk, entry, settings);
        if (judged.result === "differs" || entry.kind !== "epoch.opened") return judged;
        const difference = cutAgain(walk.view, entry, settings);
        return difference === undefined ? judged : { result: "differs", ...difference };
      }
      case "end":
        return endAgain(walk, entry, settings);
      case "policy":
        return policyAgain(walk, entry, settings, assumed);
      case "card":
        return cardAgain(walk, entry);
      case "overrun":
        return overrunAgain(walk.view, entry, settings);
    }
  } catch (thrown) {
    const why = `today's loop can make nothing of it: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { result: "differs", recorded: entryWords(entry), now: "nothing", why };
  }
}

/** What the step under way leaves, or the one that would be taken next. */
function stepAgain(walk: Walk, entry: Entry, settings: Settings): Judged {
  const under = walk.ongoing === undefined ? undefined : explain(walk.ongoing, entry);
  if (under?.type === "same") {
    walk.ongoing = under.rest;
    return SAME;
  }
  const at = Date.parse(entry.at);
  // It was decided before it was recorded, and in between a limit may have passed.
  const times = walk.before === undefined || walk.before >= at ? [at] : [at, walk.before];
  const views = isSlow(entry) ? [walk.view, ...[...walk.since].reverse()] : [walk.view];
  let first: Judged | undefined;
  for (const [view, time] of views.flatMap((view) => times.map((time) => [view, time] as const))) {
    const ongoing = beginning(nextStep(view, settings, time));
    const found = explain(ongoing, entry);
    if (found.type === "same") {
      walk.ongoing = found.rest;
      return SAME;
    }
    const now = found.type === "differs" ? entryWords(found.draft) : stepWords(ongoing.step);
    const isSameDeed = now === entryWords(entry);
    const why = isSameDeed
      ? "it would be told with other values"
      : (stepReason(ongoing.step) ?? "the loop goes on otherwise");
    first ??= { result: "differs", recorded: entryWords(entry), now, why };
  }
  walk.ongoing = undefined;
  return first ?? SAME;
}

/** Whether performing a step takes time before that entry of it is recorded, in which others may record something. */
function isSlow({ kind, data }: Entry): boolean {
  if (kind === "request.sent") return data.purpose !== "turn";
  return kind === "epoch.skipped" || kind === "epoch.opened" || kind === "hook.applied";
}

/**
 * The end of a call that had begun. Only one that a crash had interrupted was decided: it took no time, and either nobody
 * knows how it ended or today's loop would settle it too.
 */
function endAgain(walk: Walk, entry: Entry, settings: Settings): Judged | undefined {
  if (entry.kind !== "tool.finished" || entry.data.durationMs > 0) return undefined;
  const { ongoing } = walk;
  const judged = stepAgain(walk, entry, settings);
  if (judged.result === "same" || entry.data.outcome === "unknown") return judged;
  const next = beginning(nextStep(walk.view, settings, Date.parse(entry.at)));
  if (explain(next, entry).type === "differs") return judged;
  walk.ongoing = ongoing;
  return undefined;
}

function policyAgain(walk: Walk, entry: Entry, settings: Settings, assumed: Set<string>): Judged | undefined {
  const { turn } = walk.view;
  if (entry.kind !== "tool.decided" || turn === undefined) return undefined;
  const step = stepAgain(walk, entry, settings);
  const call = callsOf(turn).find(({ callId }) => callId === entry.data.callId);
  if (call === undefined) return step;
  const again = decideAgain({ view: walk.view, turn, call }, entry, settings, Date.parse(entry.at));
  walk.verdicts.set(call.callId, again.verdict);
  if (again.assumed !== undefined) assumed.add(`the grant ${again.assumed}, which this trace does not hold, as it was`);
  return again.difference === undefined ? step : { result: "differs", ...again.difference };
}

/** An approval goes with the decision that asks for it. */
function cardAgain({ view, verdicts }: Walk, entry: Entry): Judged | undefined {
  if (entry.kind !== "card.opened" || view.turn === undefined) return undefined;
  const decision = callOf(view, entry.data.callId)?.decision;
  const isDue = decision?.answer === "requiresApproval" && decision.facts.refusal === undefined;
  if (!isDue) {
    const now = "open no card";
    return { result: "differs", recorded: entryWords(entry), now, why: "nothing that was decided asks for one" };
  }
  const verdict = verdicts.get(entry.data.callId ?? "");
  // Whether there would be a card at all, the decision tells.
  const difference = verdict?.answer === "requiresApproval" ? expiryAgain(entry, verdict) : undefined;
  return difference === undefined ? SAME : { result: "differs", ...difference };
}

function callOf(view: TurnView, callId: string | undefined): CallView | undefined {
  return view.turn === undefined ? undefined : callsOf(view.turn).find((one) => one.callId === callId);
}

function whereOf(view: TurnView, { seq, kind, turn, data }: Entry): Pick<ReplayPoint, "seq" | "kind" | "turn"> {
  const callId = "callId" in data ? data.callId : undefined;
  const tool = kind === "tool.requested" ? data.name : callOf(view, callId)?.name;
  const call = callId === undefined ? {} : { callId, ...(tool === undefined ? {} : { tool }) };
  return { seq, kind, ...(turn === undefined ? {} : { turn }), ...call };
}

function takeGrant(grants: Map<string, Rule>, entry: Entry | undefined): void {
  if (entry?.kind === "rule.added") grants.set(entry.data.rule.id, entry.data.rule);
  if (entry?.kind === "rule.removed") grants.delete(entry.data.rule.id);
}
