import type { EntryData } from "../protocol/entries.ts";
import type { Summary } from "../protocol/epoch-entries.ts";
import { exhausted, timeLeft } from "./budget.ts";
import { goalOf, isEnough, planCompaction, smaller } from "./context/plan-compaction.ts";
import { extentOf, requestBytes } from "./context/render.ts";
import { seenWindow } from "./context/seen-window.ts";
import { readSummary } from "./context/summary.ts";
import { correctedRequest, summaryRequest, type SummaryWish } from "./context/summary-request.ts";
import { type Ahead, catchUp, flush, withDerived } from "./draft-ahead.ts";
import type { NextStep } from "./next-step.ts";
import { askingTurn, openEpoch, openTurn } from "./open-epoch.ts";
import type { ModelReply, ModelRequest, Ports, Settings } from "./ports.ts";
import { NOTHING_SPENT, type Spent, withBytes, withUsage } from "./spent.ts";
import type { TurnState, TurnView } from "./transcript.ts";
import { untilStopped } from "./until-stopped.ts";

type Step = Extract<NextStep, { type: "compact" }>;

/**
 * Makes the conversation smaller, in a new epoch, or records why it cannot be. Nothing is recorded half: stopped at any
 * instant it is simply done again. A summary that fails costs the summary, not the epoch: then only what loopd itself knows
 * of the calls stands for what goes.
 */
export async function compact(ports: Ports, before: Ahead, step: Step, shutdown: AbortSignal): Promise<Ahead> {
  const { ahead } = await flush(ports, before);
  const { view } = ahead;
  const turn = askingTurn(view);
  if (turn === undefined || !isAsBefore(view, before.now)) return ahead;
  const where = { turn: openTurn(turn) };
  await untilStopped(ports, where, view.seq, shutdown, (stop) => ports.ready(turn, "epoch", stop));
  const settings = ports.settings();
  const goal = goalOf(view, turn, settings);
  const [cut] = planCompaction(view, goal, step.reason);
  const { note } = step.reason === "asked" ? (view.asked ?? {}) : {};
  const written =
    cut === undefined || cut.keepsFrom === 0
      ? NOTHING_WRITTEN
      : await write(ports, { view, turn, settings, goal, keepsFrom: cut.keepsFrom, note }, shutdown);
  const now = await catchUp(ports, ahead);
  // Cleared, cancelled or asked something else meanwhile: what was planned is about another conversation.
  if (written.isStopped || shutdown.aborted || !isAsBefore(now.view, view)) return now;
  const entry = outcomeOf(ports, now.view, turn, step, settings, written);
  return (await flush(ports, withDerived(now, [entry]))).ahead;
}

function isAsBefore(now: TurnView, before: TurnView): boolean {
  const isStopping = now.turn?.finish === undefined && now.turn?.stopping !== undefined;
  if (now.epoch === undefined || now.epoch.id !== before.epoch?.id || isStopping) return false;
  if (now.turn?.turn === before.turn?.turn) return now.turn?.finish === before.turn?.finish;
  // A turn has begun meanwhile, and nothing of it was said yet: it goes on from the smaller conversation.
  return before.turn?.finish !== undefined && now.turn?.finish === undefined && now.sealed === before.sealed;
}

/** The new epoch: the gentlest cut that makes the conversation small enough with the summary as it came out. */
function outcomeOf(ports: Ports, view: TurnView, before: TurnState, step: Step, settings: Settings, written: Written) {
  const turn = askingTurn(view) ?? before;
  const goal = goalOf(view, turn, settings);
  const { summary, why, spent } = written;
  const paid = spent === undefined ? {} : { spent };
  // Who asked for room that nothing needs yet would rather keep what no summary could be had of.
  const isKept = step.reason === "asked" && !goal.isFull && why !== undefined;
  const cuts = planCompaction(view, goal, step.reason).filter(({ keepsFrom }) => keepsFrom === 0 || !isKept);
  const results = cuts.map((cut) => smaller(view, cut, summary ?? view.summary, goal));
  const result = results.find(({ tokensAfter }) => isEnough(goal, tokensAfter));
  if (result === undefined) {
    const data = {
      reason: step.reason,
      why: isKept ? `no summary could be had: ${why}` : whyNot(goal.isFull),
      ...paid,
      ...seenWindow(turn, settings),
    };
    return { kind: "epoch.skipped" as const, session: view.session, turn: openTurn(turn), data };
  }
  const isCut = result.keepsFrom > 0;
  const { keepsFrom, stubs, ...rest } = result;
  const kept = summary ?? view.summary;
  const about = {
    ...(isCut ? { keepsFrom } : {}),
    ...(stubs.length > 0 ? { stubs } : {}),
    ...(isCut && kept !== undefined ? { summary: kept } : {}),
    ...(isCut && summary === undefined ? { unsummarised: why ?? "nobody was asked" } : {}),
  };
  return openEpoch(view, turn, step.reason, ports, { ...rest, ...about, ...paid });
}

function whyNot(isFull: boolean): string {
  return isFull
    ? "nothing more can be left out: what the request must hold is too large for the window"
    : "it would not become at least a quarter smaller, since the newest exchanges and what was asked stay as they are. To begin anew: loopd sessions clear";
}

/** What came of asking for a summary. */
interface Written {
  summary?: Summary;
  /** Why there is none. */
  why?: string;
  spent?: EntryData<"epoch.skipped">["spent"];
  /** The turn was cancelled, or loopd goes down. */
  isStopped: boolean;
}

const NOTHING_WRITTEN: Written = { isStopped: false };
/** A model that does not write a summary when it has been told what was wrong will not do so later. */
const MOST_ATTEMPTS = 2;

async function write(ports: Ports, wish: SummaryWish, shutdown: AbortSignal): Promise<Written> {
  const { view, turn, settings } = wish;
  const isOver = turn.finish === undefined && exhausted(turn, settings, ports.now()) !== undefined;
  if (turn.closing !== undefined || isOver) return { why: "the turn has used its budget", isStopped: false };
  if (turn.compaction.tries > 0) return { why: "the last one made too little room", isStopped: false };
  const wanted = summaryRequest(wish);
  if (wanted === undefined) return { why: "the request for one would not fit", isStopped: false };
  let { request } = wanted;
  let spent: Spent = NOTHING_SPENT;
  let why = "";
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const asked = await ask(ports, wish, request, wanted.isOwn, shutdown);
    if (asked === "stopped") return { isStopped: true };
    if (asked.type !== "responded") return { why: asked.message, ...paid(spent), isStopped: false };
    spent = asked.usage === undefined ? withBytes(spent, requestBytes(request)) : withUsage(spent, asked.usage);
    const read = readSummary(asked.content);
    if (read.type === "summary") return { summary: read.summary, ...paid(spent), isStopped: false };
    why = read.why;
    request = correctedRequest(wanted.request, why, view.nonce);
  }
  return { why: `the model wrote none: ${why}`, ...paid(spent), isStopped: false };
}

function paid({ tokens, costUsd, unpriced }: Spent): Pick<Written, "spent"> {
  if (tokens === 0) return {};
  return { spent: { tokens, costUsd, ...(unpriced === 0 ? {} : { unpriced }) } };
}

type Asked = Exclude<ModelReply, { type: "aborted" }> | { type: "late"; message: string } | "stopped";

/** One request, recorded before it is sent. Nothing of the answer is shown to anybody. */
async function ask(
  ports: Ports,
  { view, turn, settings }: SummaryWish,
  request: ModelRequest,
  isOwn: boolean,
  shutdown: AbortSignal,
): Promise<Asked> {
  const { endpoint, model } = request;
  const { bytes, reusedBytes } = extentOf(isOwn ? { ...view, sent: undefined } : view, request);
  const data = { epoch: view.epoch?.id ?? "", purpose: "summarise" as const, endpoint, model, bytes, reusedBytes };
  await ports.record([{ kind: "request.sent", session: view.session, turn: openTurn(turn), data }]);
  const over = new AbortController();
  const left = turn.finish === undefined ? timeLeft(turn, settings, ports.now()) : undefined;
  const timer = left === undefined ? undefined : ports.timer(left);
  void timer?.expired.then(() => over.abort());
  const reply = await untilStopped(ports, { turn: openTurn(turn) }, view.seq, shutdown, (stop) =>
    ports.model(request, AbortSignal.any([stop, over.signal]), () => undefined),
  );
  timer?.stop();
  if (reply.type !== "aborted") return reply;
  return over.signal.aborted && !shutdown.aborted ? { type: "late", message: "the turn's time was up" } : "stopped";
}
