import { REHEARSAL_ENDPOINT } from "../../protocol/config.ts";
import type { CardRow, HelperStatus, OpenTurnRow } from "../../protocol/requests.ts";
import type { RunRow } from "../../protocol/routine.ts";
import type { Millis } from "../../protocol/values.ts";
import { presentWaiting } from "./approval-list.ts";
import { plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";
import { stateTag } from "./turn-state.ts";

/** What the menu bar is made from. */
export interface StatusNow {
  status: HelperStatus;
  /** The first ones that wait. */
  cards: readonly CardRow[];
  turns: readonly OpenTurnRow[];
  /** The newest runs of routines. */
  runs: readonly RunRow[];
}

/** The menu in the menu bar. Texts are short: a menu is as wide as its longest line. */
export interface MenuBarView {
  /** How much waits for a person; absent where nothing does. */
  title: string | undefined;
  icon: "idle" | "working" | "waiting";
  tooltip: string;
  waiting: { key: string; title: string; subtitle: string }[];
  /** How much more waits than is listed. */
  more: number;
  turns: { session: string; turn: string; title: string; subtitle: string }[];
  next: string | undefined;
  failed: { key: string; title: string; session: string | undefined; turn: string | undefined }[];
  endpoint: string;
  /** What Stop Everything would do; absent where nothing runs. */
  stop: string;
}

const MOST_CARDS = 5;
const MOST_TURNS = 8;
const MOST_FAILED = 3;
const LONGEST = 50;
/** A failure that is older is history. */
const NEWS: Millis = 24 * 3_600_000;

/** The menu at a moment. */
export function presentMenuBar({ status, cards, turns, runs }: StatusNow, now: Millis): MenuBarView {
  const pending = status.pendingApprovals + status.pendingQuestions;
  const listed = cards.slice(0, MOST_CARDS);
  const failed = runs.filter(
    ({ state, scheduledFor, finishedAt }) =>
      (state === "failed" || state === "interrupted") && now - Date.parse(finishedAt ?? scheduledFor) < NEWS,
  );
  return {
    title: pendingTitle(pending),
    icon: pending > 0 ? "waiting" : turns.length > 0 ? "working" : "idle",
    tooltip: tooltip(pending, turns.length),
    waiting: listed.map((card) => ({
      key: card.approvalId,
      title: oneLine(presentWaiting(card).title, LONGEST),
      subtitle: oneLine(card.title, LONGEST),
    })),
    more: pending - listed.length,
    turns: turns.slice(0, MOST_TURNS).map(({ session, turn, title, state }) => ({
      ...{ session, turn },
      title: oneLine(title, LONGEST),
      subtitle: stateTag(state).text,
    })),
    next: status.nextRoutine && `${oneLine(status.nextRoutine.name, LONGEST)}, ${moment(status.nextRoutine.at, now)}`,
    failed: failed.slice(0, MOST_FAILED).map(({ routine, scheduledFor, state, session, turn }) => ({
      key: `${routine} ${scheduledFor}`,
      title: `${oneLine(routine, LONGEST)} ${state}, ${moment(scheduledFor, now)}`,
      ...{ session, turn },
    })),
    endpoint: status.endpoint === REHEARSAL_ENDPOINT ? "Rehearsal, Not an AI" : oneLine(status.endpoint, LONGEST),
    stop: turns.length === 0 ? "Pause all routines" : `Stop ${plural(turns.length, "turn")} and pause all routines`,
  };
}

/** The title for so many cards. */
export function pendingTitle(pending: number): string | undefined {
  return pending === 0 ? undefined : String(pending);
}

function tooltip(pending: number, turns: number): string {
  const parts = [
    ...(pending === 0 ? [] : [`${plural(pending, "thing")} ${pending === 1 ? "waits" : "wait"} for you`]),
    ...(turns === 0 ? [] : [`${plural(turns, "turn")} open`]),
  ];
  return `loopd: ${parts.length === 0 ? "nothing runs" : parts.join(", ")}`;
}

/** An instant in the zone of whoever looks: `9:00`, `tomorrow 9:00`, `Mon, Nov 24, 9:00`. */
function moment(iso: string, now: Millis): string {
  const at = new Date(iso);
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  const days = Math.round((startOfDay(at) - startOfDay(new Date(now))) / 86_400_000);
  if (days === 0) return time;
  if (days === 1) return `tomorrow ${time}`;
  if (days === -1) return `yesterday ${time}`;
  return `${at.toLocaleDateString("en-US", { weekday: "short", month: "short", day: "numeric" })}, ${time}`;
}

function startOfDay(date: Date): Millis {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
