import type { EpochRow, SessionWindow } from "../../protocol/session-window.ts";
import { REHEARSAL_ENDPOINT, UNSAVED_PREFIX } from "../../protocol/config.ts";
import { oneLine } from "./terminal-text.ts";
import { ago, count, exactly, percent, plural, sentence } from "./quantity.ts";

const LONGEST = 200;
const SOURCES = {
  loaded: "as the server has it loaded",
  observed: "as the server showed",
  declared: "as declared",
  assumed: "assumed",
} as const;

/** Whose window it is and how full, in one sentence or two. */
export function windowHead(window: SessionWindow): string {
  const { endpoint, model, tokens, source = "assumed", parts, next } = window;
  const whose = `${model} at ${endpoint}`;
  const used = `${exactly(next.tokens)} tokens`;
  if (tokens === undefined) {
    if (endpoint === REHEARSAL_ENDPOINT) return `Context: ${used}. The rehearsal model has no window.`;
    return `Context: ${used}. Nobody knows the window of ${whose}, so nothing is left out. ${sayHow(endpoint)}`;
  }
  const full = `Window of ${whose}: ${exactly(next.tokens)} of ${exactly(tokens)} tokens (${percent(next.tokens / tokens)})`;
  const excess = next.tokens + parts.reserve - tokens;
  const state = excess > 0 ? `, ${exactly(excess)} too many with the answer` : "";
  const how = source === "assumed" ? ` ${sayHow(endpoint)}` : "";
  return `${full}${state}, ${SOURCES[source]}.${how}`;
}

function sayHow(endpoint: string): string {
  if (endpoint.startsWith(UNSAVED_PREFIX)) return "Say it with LOOPD_ENDPOINT_WINDOW=TOKENS.";
  return `Find it out: loopd endpoints probe ${endpoint}; or say it: loopd endpoints set ${endpoint} --window TOKENS`;
}

/** What else there is to know, a line each: requests, reuse, room that was made, repairs. */
export function windowFacts(
  { factor, isCalibrated, requests, reported, epochs, repairs, next }: SessionWindow,
  now: number,
): string[] {
  const rate = `${(3.5 / factor).toFixed(2)} bytes a token`;
  const lines = [
    `Counted at ${rate}, ${isCalibrated ? "learnt from the server" : "a guess until the server has reported more"}.`,
  ];
  if (requests.turn > 0) {
    const reasons = epochs.filter(({ skipped }) => skipped === undefined).map(({ reason }) => reason);
    const summaries = requests.summarise === 0 ? [] : [`${requests.summarise} to summarise`];
    const failed = requests.tooLarge === 0 ? [] : [`${requests.tooLarge} too large`];
    const sent = [plural(requests.turn, "request"), ...summaries, ...failed].join(", ");
    lines.push(`${sent}; ${plural(reasons.length, "epoch")} (${countedReasons(reasons)}).`);
    const share = requests.turn === 1 ? undefined : requests.reusedShare;
    const reused = share === undefined ? "" : `${percent(share)} of all bytes sent were in the request before. `;
    lines.push(`${reused}${reportedWords(reported)}`);
  }
  const made = epochs.findLast(({ tokensAfter, skipped }) => tokensAfter !== undefined || skipped !== undefined);
  if (made !== undefined) lines.push(sentence(`${ago(made.at, now)}: ${epochWords(made)}`));
  const mended = Object.entries(repairs.counts).map(([name, times]) => `${times} ${name}`);
  if (mended.length > 0) lines.push(`Mended calls in the last ${plural(repairs.turns, "turn")}: ${mended.join(", ")}.`);
  if (next.isAsked) lines.push("A compaction is asked for and comes before the next request.");
  return lines;
}

/** `start, 3 × window`. */
function countedReasons(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, times]) => (times === 1 ? reason : `${times} × ${reason}`)).join(", ");
}

function reportedWords({ input, fresh, cached }: SessionWindow["reported"]): string {
  if (input === undefined) return "The server reported no tokens.";
  const read = `The server read ${count(input)} tokens`;
  if (fresh === undefined || cached === undefined) return `${read}; whether any came from its cache is unknown.`;
  const rest = Math.max(0, input - fresh - cached);
  return `${read}: ${count(fresh)} fresh, ${count(cached)} from its cache${rest === 0 ? "" : `, ${count(rest)} unknown`}.`;
}

/** What became of a conversation that was to be made smaller; `window` in tokens, where one is known. */
export function epochWords(row: EpochRow, window?: number): string {
  const { skipped, unsummarised, tokensBefore, tokensAfter } = row;
  const { droppedExchanges, keptExchanges, shortenedResults, spent } = row;
  const cost = spent === undefined || spent.tokens === 0 ? [] : [`cost ${costWords(spent)}`];
  if (skipped !== undefined)
    return [`nothing was made smaller: ${oneLine(skipped, 2 * LONGEST).replace(/\.$/, "")}`, ...cost].join("; ");
  const of = window === undefined ? "" : `, in a window of ${exactly(window)}`;
  const change =
    tokensBefore === undefined || tokensAfter === undefined
      ? "made smaller"
      : `${exactly(tokensBefore)} → ${exactly(tokensAfter)} tokens of conversation${of}`;
  const kept = keptExchanges === 0 ? "none" : `the last ${keptExchanges}`;
  const verb = unsummarised === undefined ? "summarised" : "left out";
  const why = unsummarised === undefined ? "" : ` without a summary (${oneLine(unsummarised, LONGEST)})`;
  const left = droppedExchanges === 0 ? [] : [`${verb} ${plural(droppedExchanges, "exchange")}${why}, kept ${kept}`];
  const shortened = shortenedResults === 0 ? [] : [`shortened ${plural(shortenedResults, "result")}`];
  return [change, ...left, ...shortened, ...cost].join("; ");
}

/** `1,234 tokens, $0.0021`. */
function costWords({ tokens, costUsd }: NonNullable<EpochRow["spent"]>): string {
  return `${exactly(tokens)} tokens${costUsd === 0 ? "" : `, $${costUsd.toPrecision(2)}`}`;
}
