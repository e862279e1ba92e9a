import type { Connection } from "../protocol/connect.ts";
import type { Entry } from "../protocol/entries.ts";
import { asLoopdError } from "../protocol/errors.ts";
import type { SessionWindow } from "../protocol/session-window.ts";
import { tokenSteps, type TokenStep } from "./present/chart-tokens.ts";

const PAGE = 500;
/** Pages that a chart is worth. */
const MOST_PAGES = 8;

/** The steps of a session with what each read; of a long one those since its window was last made smaller. */
export async function loadSteps(
  ask: Connection["request"],
  session: string,
  window: Pick<SessionWindow, "epochs">,
): Promise<TokenStep[]> {
  const opened = window.epochs.findLast(({ skipped }) => skipped === undefined);
  const entries: Entry[] = [];
  let after = Math.max(0, (opened?.seq ?? 1) - 1);
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const read = await ask("entries.read", { session, after, limit: PAGE });
      entries.push(...read.entries);
      if (read.isEnd || read.entries.length === 0) break;
      after = read.entries.at(-1)?.seq ?? after;
    }
  } catch (error) {
    // Entries so large that no page of them fits a frame: the chart shows what is known.
    if (asLoopdError(error).code !== "frame-too-large") throw error;
  }
  return tokenSteps(entries);
}
