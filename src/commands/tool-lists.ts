import { createDeeplink } from "@raycast/utils";
import { allRoutines } from "../protocol/all-routines.ts";
import type { Connection } from "../protocol/connect.ts";
import { listCards } from "./list-cards.ts";
import { presentCard } from "./present/card.ts";
import { sessionTitle } from "./present/session.ts";
import { oneLine } from "./present/terminal-text.ts";
import { openForRaycast } from "./raycast-helper.ts";

const MOST = 50;
const LONGEST = 200;

/**
 * What waits for the person, for Raycast AI: each in one line, without the arguments, which that model has no need to see.
 * @throws LoopdError
 */
export async function listApprovalsForTool(): Promise<object> {
  const cards = await withHelper((connection) => listCards(connection.request, {}));
  const waiting = cards.slice(0, MOST).map((card) => ({
    asks: oneLine(presentCard(card).title, LONGEST),
    type: card.type,
    tool: card.tool,
    session: sessionTitle(card),
    since: card.requestedAt,
  }));
  const answer = `Only the person can answer: ${createDeeplink({ command: "review-approvals" })}`;
  return { total: cards.length, waiting, ...(cards.length === 0 ? {} : { answer }) };
}

/** The routines and how they stand. @throws LoopdError */
export async function listRoutinesForTool(): Promise<object> {
  const routines = await withHelper((connection) => allRoutines(connection.request));
  const rows = routines.slice(0, MOST).map(({ name, schedule, next, paused, failures, last }) => ({
    ...{ name, schedule, next, paused, failuresInARow: failures },
    last: last === undefined ? undefined : { at: last.scheduledFor, state: last.state },
  }));
  return { total: routines.length, routines: rows };
}

async function withHelper<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await openForRaycast(() => {}, "if-missing");
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
