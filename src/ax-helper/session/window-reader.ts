import { type CapturedWindow, parseCapture } from "../../protocol/screen.ts";
import { chooseWindow, type OpenWindow, openWindows } from "./choose-window.ts";
import { Problem } from "../problem.ts";
import type { ScreenAnswerOf } from "../requests.ts";
import type { Screen } from "../screen.ts";
import type { WindowChoice } from "../session-screen.ts";
import { nameText } from "../tree/inert-text.ts";

/** What is open, and which process says so. */
export interface WindowList {
  apps: ScreenAnswerOf<"apps">["apps"];
  windows: OpenWindow[];
  generation: number;
}

/** A window as it was captured. */
export interface Captured {
  window: CapturedWindow;
  about: ScreenAnswerOf<"capture">;
  from: OpenWindow;
  list: WindowList;
}

/** What is open now. */
export async function listWindows(screen: Screen, signal: AbortSignal): Promise<WindowList | Problem> {
  const reply = await screen.ask({ do: "apps" }, { signal });
  if (reply instanceof Problem) return reply;
  const { apps } = reply.answer;
  return { apps, windows: openWindows(apps), generation: reply.generation };
}

/** Why a window is no longer in a list: its program has fallen silent, or it is `missing`. */
export function lost({ apps }: WindowList, app: string, missing: Problem): Problem {
  const isSilent = apps.some(({ name, responding }) => !responding && nameText(name) === app);
  return isSilent ? new Problem("not-responding", `${app} does not answer by now.`) : missing;
}

/** Captures a window of a list. */
export async function captureWindow(
  screen: Screen,
  list: WindowList,
  from: OpenWindow,
  signal: AbortSignal,
  how: { mayBeSilent?: true } = {},
): Promise<Captured | Problem> {
  const { generation } = list;
  const reply = await screen.ask({ do: "capture", app: from.pid, window: from.id, ...how }, { signal, generation });
  if (reply instanceof Problem) return reply;
  const window = parseCapture(reply.answer);
  if ("problem" in window) return new Problem("crashed", `What reads the screen answered badly: ${window.problem}.`);
  return { window, about: reply.answer, from, list };
}

/** Which window is meant now; of no other program than `only`, if there is one. */
export async function chooseNow(
  screen: Screen,
  choice: WindowChoice,
  only: string | undefined,
  signal: AbortSignal,
): Promise<{ list: WindowList; from: OpenWindow } | Problem> {
  const list = await listWindows(screen, signal);
  if (list instanceof Problem) return list;
  const from = chooseWindow(list.apps, choice);
  if (from instanceof Problem) return from;
  return refusal(from, only) ?? { list, from };
}

/** Captures the window that is meant; of no other program than `only`, if there is one. */
export async function captureChosen(
  screen: Screen,
  choice: WindowChoice,
  only: string | undefined,
  signal: AbortSignal,
): Promise<Captured | Problem> {
  const chosen = await chooseNow(screen, choice, only, signal);
  return chosen instanceof Problem ? chosen : captureWindow(screen, chosen.list, chosen.from, signal);
}

/** Why a window of this program is not read, if so. */
export function refusal({ app }: OpenWindow, only: string | undefined): Problem | undefined {
  if (only === undefined || app.toLowerCase() === only.toLowerCase()) return undefined;
  return new Problem("stale", `${app} is in front by now, not ${only}, so nothing was read. Name the program.`);
}
