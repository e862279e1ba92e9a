import type { CardRow } from "../../protocol/requests.ts";
import type { Millis } from "../../protocol/values.ts";
import { outcomeMarks } from "./call.ts";
import { presentCard } from "./card.ts";
import { cardMarkdown } from "./card-markdown.ts";
import type { ContextNotice } from "./context-notice.ts";
import { presentFinish } from "./finish.ts";
import { codeSpan, plainMarkdown, shownMarkdown } from "./markdown-text.ts";
import { count, duration, plural } from "./quantity.ts";
import { progressText } from "./progress-line.ts";
import { oneLine } from "./terminal-text.ts";
import type { CallProgress, TurnProgress } from "./turn-progress.ts";
import { stateTag, type Tint } from "./turn-state.ts";

/** One row beside the answer. */
export type DetailRow =
  | { type: "label"; title: string; text: string }
  | { type: "tags"; title: string; tags: { text: string; tint: Tint }[] };

/** What is known of a turn that a view follows. */
export interface AskSituation {
  progress: TurnProgress;
  /** What the person asked, once known. */
  input: string | undefined;
  /** Cards of this turn that wait for an answer, the first one first. */
  cards: readonly CardRow[];
  /** Why the turn cannot go on for now. */
  stalled: string | undefined;
  now: Millis;
}

/** The view of a turn. */
export interface AskView {
  title: string;
  markdown: string;
  isLoading: boolean;
  rows: DetailRow[];
}

const LONGEST_TITLE = 60;
const LONGEST_QUESTION = 300;
const MOST_CALLS = 30;
const MOST_NOTICES = 5;
const REHEARSAL_NOTE =
  "*The rehearsal model answered, which is not an AI. Connect a real one:* `loopd endpoints add NAME --url URL --dialect anthropic --model MODEL --use`";

/** What the person sees of a turn: what has to be answered first, then the answer, then how it came about. */
export function presentAsk(situation: AskSituation): AskView {
  const { progress, input, cards, stalled } = situation;
  const answer = [
    endMarkdown(progress),
    shownMarkdown(progress.text),
    progress.text === "" ? reasoningMarkdown(progress) : "",
  ];
  const asked = cardsMarkdown(cards);
  const parts = [
    input === undefined ? "" : `> ${plainMarkdown(oneLine(input, LONGEST_QUESTION))}`,
    stalled === undefined || progress.finish !== undefined ? "" : `**Waiting:** ${plainMarkdown(stalled)}`,
    warningsMarkdown(progress.notices),
    asked,
    asked !== "" && answer.some((part) => part !== "") ? "---" : "",
    ...answer,
    callsMarkdown(progress.calls),
    noticesMarkdown(progress.notices),
    progress.isRehearsal && progress.finish !== undefined ? REHEARSAL_NOTE : "",
  ];
  return {
    title: input === undefined ? "Ask" : oneLine(input, LONGEST_TITLE),
    markdown: parts.filter((part) => part !== "").join("\n\n"),
    isLoading: progress.finish === undefined && progress.state !== "waiting",
    rows: rowsOf(situation),
  };
}

/** A card in Markdown: what is asked, with the real arguments; nothing in them can pass for our own words. */
function cardsMarkdown([first, ...others]: readonly CardRow[]): string {
  if (first === undefined) return "";
  const titles = others.slice(0, MOST_CALLS).map((card) => `- ${plainMarkdown(presentCard(card).title)}`);
  const more =
    others.length === 0
      ? []
      : [`*${others.length} more ${others.length === 1 ? "waits" : "wait"} after this one:*\n\n${titles.join("\n")}`];
  return [cardMarkdown(first), ...more].join("\n\n");
}

function endMarkdown({ finish, error, limit }: TurnProgress): string {
  if (finish === undefined || finish === "done") return "";
  const { sentence } = presentFinish(finish, error, limit);
  return `**${finish === "failed" ? "The turn failed." : stateTag(finish).text}** ${plainMarkdown(sentence)}`;
}

function reasoningMarkdown({ reasoning }: TurnProgress): string {
  return reasoning === "" ? "" : `*Thinking: ${plainMarkdown(oneLine(reasoning.slice(-400), LONGEST_QUESTION))}*`;
}

function callsMarkdown(calls: readonly CallProgress[]): string {
  if (calls.length === 0) return "";
  const shown = calls.slice(-MOST_CALLS);
  const hidden = calls.length - shown.length;
  const lines = shown.map(callLine);
  return ["---", [...(hidden > 0 ? [`- … ${hidden} earlier`] : []), ...lines].join("\n")].join("\n\n");
}

/** Warnings stand above the answer: they say why it may be wrong. */
function warningsMarkdown(notices: readonly ContextNotice[]): string {
  const warnings = notices.filter(({ type }) => type === "warning").slice(-MOST_NOTICES);
  return warnings.map(({ text }) => `> **${plainMarkdown(text)}**`).join("\n\n");
}

function noticesMarkdown(notices: readonly ContextNotice[]): string {
  const others = notices.filter(({ type }) => type === "progress").slice(-MOST_NOTICES);
  return others.map(({ text }) => `- *${plainMarkdown(text)}*`).join("\n");
}

function callLine({ summary, state, outcome, durationMs, text }: CallProgress): string {
  const mark =
    outcome === undefined
      ? { requested: "·", waiting: "?", running: "▸", finished: "✓" }[state]
      : outcomeMarks[outcome];
  const end = outcome === undefined || outcome === "ok" ? "" : ` ${outcome}`;
  const time = durationMs === undefined ? "" : ` ${duration(durationMs)}`;
  const news = state === "running" && text !== undefined ? ` ${plainMarkdown(progressText(text))}` : "";
  return `- ${mark} ${codeSpan(summary.replaceAll("`", ""))}${end}${time}${news}`;
}

function rowsOf({ progress, now }: AskSituation): DetailRow[] {
  const { state, endpoint, model, isRehearsal, steps, calls, tokens, startedAt, finishedAt, session } = progress;
  const rows: DetailRow[] = [{ type: "tags", title: "State", tags: [stateTag(state)] }];
  const label = (title: string, text: string) => rows.push({ type: "label", title, text });
  if (endpoint !== "") {
    if (isRehearsal)
      rows.push({ type: "tags", title: "Model", tags: [{ text: "rehearsal: not an AI", tint: "Orange" }] });
    else label("Model", `${model} at ${endpoint}`);
  }
  label("Steps", calls.length === 0 ? count(steps) : `${count(steps)} with ${plural(calls.length, "call")}`);
  if (tokens.input + tokens.cached + tokens.output > 0) {
    label("Tokens", `${count(tokens.input)} fresh, ${count(tokens.cached)} cached, ${count(tokens.output)} out`);
  }
  if (startedAt !== undefined) {
    const end = finishedAt === undefined ? now : Date.parse(finishedAt);
    label("Time", duration(Math.max(0, end - Date.parse(startedAt))));
  }
  label("Session", session);
  return rows;
}
