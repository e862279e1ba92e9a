import { Problem } from "../../ax-helper/problem.ts";
import type { ScreenAnswerOf } from "../../ax-helper/requests.ts";
import type { SessionScreen } from "../../ax-helper/session-screen.ts";
import { plainLine } from "../visible-text.ts";

/** Who sees what is open. */
export interface LooksAround {
  screen: Pick<SessionScreen, "apps">;
}

type OpenApp = ScreenAnswerOf<"apps">["apps"][number];

/** Where titles of windows come from: any program writes into them what it likes. */
export const WINDOWS_SOURCE = "screen windows";

/** To cancel a look would end the process that all sessions share; it is bounded by itself. */
export const UNCANCELLED = new AbortController().signal;

const MAX_LINES = 100;
const MAX_TITLES = 10;

/**
 * What is open now, a line for each program whose name holds `query`, below a heading. Nothing where none is, or where the screen
 * cannot be read.
 */
export async function windowLines({ screen }: LooksAround, query: string): Promise<string[]> {
  const found = await screen.apps(UNCANCELLED);
  if (found instanceof Problem) return [];
  const wanted = found.apps.filter(
    ({ name, windows, responding }) =>
      name.toLowerCase().includes(query.toLowerCase()) && (windows.length > 0 || !responding),
  );
  if (wanted.length === 0) return [];
  const more = wanted.length > MAX_LINES ? [`… ${wanted.length - MAX_LINES} more programs; narrow it by query`] : [];
  return ["Open windows (screen_read shows one):", ...wanted.slice(0, MAX_LINES).map(lineOf), ...more];
}

function lineOf({ name, pid, responding, windows }: OpenApp): string {
  const who = plainLine(name, 100) || `process ${pid}`;
  if (!responding) return `${who} does not respond, so its windows are not known`;
  const titles = windows.slice(0, MAX_TITLES).map(({ title, active, modal }) => {
    const marks = [...(active ? ["in front"] : []), ...(modal ? ["dialog"] : [])];
    return `${titleWords(title)}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
  });
  const rest = windows.length > MAX_TITLES ? [`${windows.length - MAX_TITLES} more`] : [];
  return `${who}: ${[...titles, ...rest].join(", ")}`;
}

/** A title in quotes, as the words of its program. */
export function titleWords(title: string): string {
  return JSON.stringify(plainLine(title, 100));
}
