import type { Connection, Listener } from "../protocol/connect.ts";
import type { Entry } from "../protocol/entries.ts";
import { LoopdError } from "../protocol/errors.ts";
import type { CardRow } from "../protocol/requests.ts";
import type { Json, Millis } from "../protocol/values.ts";
import type { Edited } from "./present/edited.ts";

/** What rules and hooks have said about what a person wrote after so long is told; afterwards the trace tells. */
const DECISION_LIMIT: Millis = 30_000;

/** A change of what a call is to run with. */
interface Edit {
  cardId: string;
  arguments: Json;
  reason?: string | undefined;
  by: string;
}

/**
 * Changes what a call is to run with. Resolves once the change is taken; `end` tells what rules and hooks make of it: the
 * call runs, asks again, or is denied. `open` gives a connection of its own, which is closed after that.
 * @throws LoopdError `invalid-params` for arguments that the tool does not take: the card still waits; those of
 * `card.resolve`. `end` rejects with `connection-closed`.
 */
export async function editCard(
  open: (listener: Listener) => Promise<Connection>,
  { cardId, arguments: values, reason, by }: Edit,
): Promise<{ card: CardRow; end: Promise<Edited> }> {
  let heard: (entry: Entry) => void = () => {};
  const connection = await open((name, value) => {
    if (name === "entries.added") for (const entry of (value as { entries: Entry[] }).entries) heard(entry);
  });
  try {
    const { card } = await connection.request("card.show", { cardId });
    const { lastSeq } = await connection.request("helper.status", {});
    const edited = new Promise<Edited>((resolve) => (heard = (entry) => take(entry, card.callId, card.turn, resolve)));
    await connection.request("entries.follow", { session: card.session, after: lastSeq });
    const change = { cardId: card.approvalId, resolution: "edited" as const, arguments: values, reason, by };
    const resolved = (await connection.request("card.resolve", change)).card;
    const end = Promise.race([edited, soon(), connection.closed.then(gone)]).finally(() => connection.close());
    return { card: resolved, end };
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

function take(entry: Entry, callId: string, turn: string, resolve: (end: Edited) => void): void {
  if (entry.kind === "tool.decided" && entry.data.callId === callId && entry.data.decision === "execute") {
    resolve({ type: "execute" });
  } else if (entry.kind === "card.opened" && entry.data.callId === callId) {
    resolve({ type: "asks-again", cardId: entry.data.cardId });
  } else if (entry.kind === "tool.finished" && entry.data.callId === callId) {
    resolve({ type: "ended", outcome: entry.data.outcome, why: entry.data.text.replace(/^ERROR: /, "") });
  } else if (entry.kind === "turn.finished" && entry.turn === turn) {
    resolve({ type: "ended", outcome: entry.data.finish, why: "The turn has ended." });
  }
}

const soon = () =>
  new Promise<Edited>((resolve) => setTimeout(() => resolve({ type: "undecided" }), DECISION_LIMIT).unref());

function gone(): never {
  throw new LoopdError("connection-closed", "The helper went away. Whether it took the change, the trace tells.");
}
