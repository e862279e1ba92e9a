import type { Summary } from "../../protocol/epoch-entries.ts";
import type { Message } from "../../protocol/values.ts";
import type { Settings } from "../ports.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import { type Cut, cutView } from "./cut-view.ts";
import { cutsOf, hasCalls, wordsIn } from "./exchanges.ts";
import { pendingMessages } from "./render.ts";
import { saysBehind, staleScreens, stubbable, unsentStubbable } from "./stubs.ts";
import { isSummaryText, summaryText } from "./summary.ts";
import { messageTokens, requestTokens, windowLimits } from "./window-limits.ts";

/** What making a conversation smaller is to reach. Tokens, all of them. */
export interface Goal {
  factor: number;
  /** The most that the next request may hold. */
  budget: number;
  /** All messages of the next request as it would be now. */
  before: number;
  /** System text and tools. */
  head: number;
  /** The next request is too large as it would be now. */
  isFull: boolean;
}

/** A conversation that is smaller: what `epoch.opened` says of it. */
export interface Smaller extends Cut {
  carries: Message[];
  tokensBefore: number;
  tokensAfter: number;
}

/** What the server found too large must become that much smaller, whatever the estimate says. */
const SHARE_AFTER_OVERFLOW = 0.9;
/** An epoch costs reading everything behind the cut anew, so it must be worth it: this is the most that may be left. */
const MOST_LEFT = 0.75;
/** Leaving out old results is enough where that leaves so much room. */
const SHARE_WITHOUT_SUMMARY = 0.5;
/** The newest exchanges stay as they are, as far as they fit into this part. */
const SHARE_OF_TAIL = 0.2;
/** Summary and ledger each, of the budget, and at most so many tokens. */
const SHARE_OF_TEXT = 0.08;
const MOST_TEXT_TOKENS = 3_000;
/** A summary is hardly shorter. */
const LEAST_SUMMARY = 80;

/** What the next request of the turn may hold, and what it would. */
export function goalOf(view: TurnView, turn: TurnState, settings: Settings): Goal {
  const limits = windowLimits(turn, settings);
  const factor = limits?.factor ?? 1;
  const request = requestTokens(view, settings, factor);
  const before = messageTokens([...view.sealed, ...pendingMessages(view)], factor);
  const most = turn.compaction.overflow === undefined ? Infinity : Math.floor(request * SHARE_AFTER_OVERFLOW);
  const budget = Math.min(limits?.budget ?? request, most);
  return { factor, budget, before, head: request - before, isFull: request > budget };
}

/**
 * The ways to make the conversation smaller that promise enough, the gentlest first: old results left out; then a summary
 * in place of all but the newest exchanges; and only where the next request would not fit, less and less of those too, in
 * the end even results that nobody has read. Never a call without its result, never what the open turn was told.
 */
export function planCompaction(view: TurnView, goal: Goal, reason: "window" | "asked"): Cut[] {
  // A person who asks wants it smaller than it is, however large the window.
  const room = reason === "asked" ? Math.min(goal.budget, goal.before) : goal.budget;
  const tail = tailFrom(view, goal, room * SHARE_OF_TAIL);
  const old = { keepsFrom: 0, stubs: stubbable(view, view.sealed.slice(0, tail)) };
  const summarised = { keepsFrom: tail, stubs: staleScreens(view, stubbable(view, view.sealed.slice(tail))) };
  const isRoomy = (cut: Cut) => goal.head + roughly(view, cut, goal) <= goal.budget * SHARE_WITHOUT_SUMMARY;
  const gentle = reason === "asked" ? [] : [old].filter(isRoomy);
  const last = tailFrom(view, goal, 0);
  const lastStubs = stubbable(view, view.sealed.slice(last));
  const nothing = { keepsFrom: view.sealed.length, stubs: [] };
  const hard = [
    { keepsFrom: last, stubs: staleScreens(view, lastStubs) },
    { keepsFrom: last, stubs: lastStubs },
    ...(isOpen(view) ? [] : [nothing]),
    { keepsFrom: last, stubs: [...lastStubs, ...unsentStubbable(view)] },
    nothing,
  ];
  const cuts = [...gentle, summarised, ...(goal.isFull ? hard : []), old];
  const isChange = ({ keepsFrom, stubs }: Cut) => keepsFrom > 0 || stubs.length > 0;
  return cuts.filter((cut) => isChange(cut) && isEnough(goal, roughly(view, cut, goal)));
}

/** Whether so many tokens of messages are few enough: worth an epoch, or what makes the request fit at all. */
export function isEnough({ before, budget, head, isFull }: Goal, after: number): boolean {
  return isFull ? after < before && head + after <= budget : after <= before * MOST_LEFT;
}

/** The conversation after a cut, with this summary of what goes. */
export function smaller(view: TurnView, cut: Cut, summary: Summary | undefined, goal: Goal): Smaller {
  const { keepsFrom } = cut;
  const after = cutView(view, cut);
  const carries = keepsFrom === 0 ? [] : [carried(view, keepsFrom, after.sealed, summary, goal)];
  const tokensAfter = messageTokens([...carries, ...after.sealed, ...pendingMessages(after)], goal.factor);
  return { ...cut, carries, tokensBefore: goal.before, tokensAfter };
}

/** UTF-8 bytes that the text of a summary, and that of a ledger, may have. */
export function textBytes({ budget, factor }: Goal): number {
  return (Math.min(budget * SHARE_OF_TEXT, MOST_TEXT_TOKENS) * 3.5) / factor;
}

function roughly(view: TurnView, cut: Cut, goal: Goal): number {
  return smaller(view, cut, undefined, goal).tokensAfter + (cut.keepsFrom === 0 ? 0 : LEAST_SUMMARY);
}

/** The first message of the newest exchanges that fit, at least of the last one; 0 where there is none. */
function tailFrom(view: TurnView, { factor }: Goal, tokens: number): number {
  const { sealed } = view;
  let from = 0;
  let end = sealed.length;
  let size = messageTokens(pendingMessages(view), factor);
  for (const index of cutsOf(sealed).toReversed()) {
    size += messageTokens(sealed.slice(index, end), factor);
    if (from > 0 && size > tokens) break;
    from = index;
    end = index;
  }
  return from;
}

/** Whether the newest response has calls whose results no request has carried yet. */
function isOpen({ sealed }: TurnView): boolean {
  const last = sealed.at(-1);
  return last !== undefined && hasCalls(last);
}

/**
 * One message in place of those that go: summary, ledger, whatever of the open turn's words was among them, and the words
 * that the first message that stays answers.
 */
function carried(
  view: TurnView,
  keepsFrom: number,
  kept: readonly Message[],
  summary: Summary | undefined,
  goal: Goal,
): Message {
  const blocks = kept.flatMap(({ content }) => content);
  const here = new Set(blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : [])));
  const gone = view.calls.filter(({ wireId }) => !here.has(wireId));
  const bytes = textBytes(goal);
  const text = summaryText(view, summary, gone, { summary: bytes, ledger: bytes });
  const open = view.turn?.finish === undefined ? (view.turn?.words ?? []) : [];
  const waiting = new Set([...view.texts, ...view.notes]);
  const said = kept.flatMap(({ role, content }) => (role === "user" ? content : []));
  const isSaid = (word: string) =>
    said.some((block) => (block.type === "text" ? block.text === word : saysBehind(block, word, view.nonce)));
  // Where no answer stays, nobody needs the question of one.
  const asked = (keepsFrom === view.sealed.length ? [] : wordsIn(view.sealed[keepsFrom - 1])).filter(
    (word) => !open.includes(word) && !isSummaryText(word, view.nonce),
  );
  const words = open.filter((word) => !waiting.has(word) && !isSaid(word));
  return { role: "user", content: [text, ...asked, ...words].map((one) => ({ type: "text", text: one })) };
}
