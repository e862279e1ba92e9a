import type { SessionRow, TurnRow } from "../../protocol/requests.ts";
import type { SessionWindow } from "../../protocol/session-window.ts";
import type { Millis } from "../../protocol/values.ts";
import { presentFinish } from "./finish.ts";
import { plainMarkdown, quoteBlock, shownMarkdown } from "./markdown-text.ts";
import { ago, count, plural } from "./quantity.ts";
import { originWords, sessionTitle } from "./session.ts";
import type { DetailRow } from "./ask-view.ts";
import { stateTag } from "./turn-state.ts";
import { windowFacts, windowHead } from "./window-words.ts";

/** A session with all that its page shows. */
export interface SessionStory {
  session: SessionRow;
  turns: readonly TurnRow[];
  window: SessionWindow;
}

const MOST_TURNS = 20;
const LONGEST_INPUT = 2_000;
const LONGEST_ANSWER = 8_000;
const MORE = "*… the rest is in the trace …*";

/** Markdown around the turns, such as charts. */
interface Surroundings {
  above: readonly string[];
  below: readonly string[];
}

/** What was asked and answered, the newest turn first: a page opens at its top. */
export function transcriptMarkdown({ session, turns }: SessionStory, around: Surroundings, now: Millis): string {
  const shown = turns.slice(-MOST_TURNS).reverse();
  const hidden = turns.length - shown.length;
  return [
    `# ${plainMarkdown(sessionTitle(session))}`,
    ...around.above,
    ...shown.map((turn) => turnMarkdown(turn, now)),
    ...(hidden === 0 ? [] : [`*${plural(hidden, "earlier turn")} not shown.*`]),
    "---",
    ...around.below,
  ].join("\n\n");
}

/** The same as plain Markdown to take elsewhere: everything, oldest first. */
export function transcriptText({ session, turns }: SessionStory): string {
  const parts = turns.map(({ input, startedAt, state, text }) => {
    const quoted = input.replaceAll(/^/gm, "> ");
    return `${quoted}\n\n${text?.trim() || `(${stateTag(state).text})`}\n\n_${startedAt}_`;
  });
  return [`# ${session.title}`, ...parts].join("\n\n");
}

/** The newest answer that is not empty. */
export function lastAnswer(turns: readonly TurnRow[]): string | undefined {
  return turns.findLast(({ text }) => text !== undefined && text.trim() !== "")?.text;
}

/** What stands beside a session. */
export function sessionRows({ session, window }: SessionStory): DetailRow[] {
  const read = readWords(window.reported);
  const origin = originWords(session);
  const label = (title: string, text: string): DetailRow => ({ type: "label", title, text });
  return [
    { type: "tags", title: "State", tags: [stateTag(session.state)] },
    label("Turns", count(session.turns)),
    label("Model", `${window.model} at ${window.endpoint}`),
    ...(read === undefined ? [] : [label("Tokens Read", read)]),
    label("Folder", session.workspace),
    ...(origin === undefined ? [] : [label("Origin", origin)]),
    label("Session", session.session),
  ];
}

/** Undefined where no server told; fresh and cached only where it told them apart. */
function readWords({ input, fresh, cached }: SessionWindow["reported"]): string | undefined {
  if (fresh !== undefined && cached !== undefined) return `${count(fresh)} fresh, ${count(cached)} cached`;
  return input === undefined ? undefined : count(input);
}

/** Where the window goes, in words. */
export function windowMarkdown(window: SessionWindow, now: Millis): string {
  return [windowHead(window), ...windowFacts(window, now)].map((line) => `- ${plainMarkdown(line)}`).join("\n");
}

function turnMarkdown({ input, startedAt, state, text, delegates = [] }: TurnRow, now: Millis): string {
  const when = `*${plainMarkdown(`${ago(startedAt, now)}, ${stateTag(state).text.toLowerCase()}`)}*`;
  const asked = quoteBlock(input.slice(0, LONGEST_INPUT)) + (input.length > LONGEST_INPUT ? `\n\n${MORE}` : "");
  const answer = text?.trim() ?? "";
  const isOpen = state === "queued" || state === "running" || state === "waiting";
  const cut = answer.length > LONGEST_ANSWER ? `\n\n${MORE}` : "";
  const said = shownMarkdown(answer.slice(0, LONGEST_ANSWER)) + cut;
  const end = isOpen ? "" : plainMarkdown(presentFinish(state).sentence);
  const helped = delegates.length === 0 ? [] : [`*Delegated to ${delegates.map(plainMarkdown).join(", ")}.*`];
  return ["---", when, asked, ...helped, answer === "" ? end : said].filter((part) => part !== "").join("\n\n");
}
