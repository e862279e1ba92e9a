import { outcomeMarks } from "./call.ts";
import { count, duration, plural } from "./quantity.ts";
import { oneLine, printableText } from "./terminal-text.ts";
import type { CallProgress, TurnProgress } from "./turn-progress.ts";

const LONGEST_NEWS = 60;

/** What a turn is doing, in one line: step, activity, tokens and time. `now` in milliseconds since the Unix epoch. */
export function progressLine(progress: TurnProgress, now: number): string {
  const parts = [activity(progress)];
  if (progress.steps > 0) parts.unshift(`step ${progress.steps}`);
  const { input, cached, output } = progress.tokens;
  if (input + cached + output > 0) parts.push(tokenWords(progress));
  const seconds = progress.startedAt === undefined ? 0 : Math.floor((now - Date.parse(progress.startedAt)) / 1000);
  if (seconds > 0) parts.push(seconds < 60 ? `${seconds} s` : duration(seconds * 1000));
  return parts.join(" · ");
}

/** What became of a call, in one line: `✓ read README.md (12 ms)`. */
export function callLine({ summary, name, outcome, durationMs, text }: CallProgress): string {
  if (outcome === undefined) return summary;
  const time = durationMs === undefined ? "" : ` (${duration(durationMs)})`;
  const why = outcome === "ok" ? "" : ` ${outcome}: ${oneLine(text ?? name, 120)}`;
  return `${outcomeMarks[outcome]} ${summary}${why}${time}`;
}

/** How a turn went, in one line: who answered, steps, calls, tokens and time. */
export function summaryLine(progress: TurnProgress): string {
  const { endpoint, model, steps, calls, startedAt, finishedAt } = progress;
  const parts = [
    `${model} at ${endpoint}`,
    plural(steps, "step"),
    plural(calls.length, "tool call"),
    tokenWords(progress),
    progress.summaryTokens === 0 ? "" : `${count(progress.summaryTokens)} tokens for summaries`,
  ];
  if (startedAt !== undefined && finishedAt !== undefined) {
    parts.push(duration(Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt))));
  }
  return parts.filter((part) => part !== "").join(" · ");
}

/** What a tool says about its work, as one short line. A stranger may say anything. */
export function progressText(text: string): string {
  return oneLine(printableText(text), LONGEST_NEWS);
}

function activity({ state, calls, request, text, textRequest, pendingCards, model, ...also }: TurnProgress): string {
  if (state === "queued") return "waiting for its turn";
  if (also.isSummarising) return "summarising to make room";
  if (state === "waiting") return `waiting for ${awaited(pendingCards)}`;
  const running = calls.filter((call) => call.state === "running");
  const [first, ...others] = running;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `${first.name}: ${first.text === undefined ? first.summary : progressText(first.text)}${more}`;
  }
  if (request === undefined) return "working";
  return request === textRequest && text !== "" ? "answering" : `waiting for ${model}`;
}

/** What a person is waited for: an answer, an approval, or several of them. */
function awaited(cards: TurnProgress["pendingCards"]): string {
  if (cards.length !== 1) return "your answers";
  return cards[0]?.type === "approval" ? "your approval" : "your answer";
}

function tokenWords({ tokens: { input, cached, output } }: TurnProgress): string {
  if (input + cached + output === 0) return "";
  return `${count(input + cached)}${cached > 0 ? ` (${count(cached)} cached)` : ""} → ${count(output)} tokens`;
}
