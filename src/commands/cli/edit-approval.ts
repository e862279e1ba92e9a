import type { Entry } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/values.ts";
import { callSummary } from "../present/call.ts";
import { visibleText } from "../present/terminal-text.ts";
import { answeredBy } from "./card-desk.ts";
import { commandFor } from "./card-output.ts";
import { ExitWith, usage } from "./failure.ts";
import { openForCli } from "./helper-access.ts";
import { print, printJson } from "./print.ts";

/** Milliseconds in which rules and hooks have said something about what a person wrote. Afterwards the trace tells. */
const DECISION_LIMIT = 30_000;

interface EditOptions {
  args: string;
  reason?: string;
  json?: boolean;
}

/** What became of a call after a person had changed it. */
type Edited =
  | { type: "execute" }
  | { type: "asks-again"; cardId: string }
  | { type: "ended"; outcome: string; why: string }
  | { type: "undecided" };

/**
 * Changes what a call is to run with, and tells what rules and hooks make of that: it runs, it asks again, or it is denied.
 * Arguments that the tool does not take leave the card as it is.
 * @throws LoopdError `usage`, those of `card.resolve`; `ExitWith` 1 where the changed call does not run.
 */
export async function editApproval(id: string, { args, reason, json }: EditOptions): Promise<void> {
  const values = jsonOf(args);
  let heard: (entry: Entry) => void = () => {};
  const connection = await openForCli((name, value) => {
    if (name === "entries.added") for (const entry of (value as { entries: Entry[] }).entries) heard(entry);
  }, "if-missing");
  try {
    const { card } = await connection.request("card.show", { cardId: id });
    const { lastSeq } = await connection.request("helper.status", {});
    const edited = new Promise<Edited>((resolve) => (heard = (entry) => take(entry, card.callId, card.turn, resolve)));
    await connection.request("entries.follow", { session: card.session, after: lastSeq });
    const params = { cardId: card.approvalId, resolution: "edited" as const, arguments: values, reason };
    const { card: resolved } = await connection.request("card.resolve", { ...params, by: answeredBy() });
    const end = await Promise.race([edited, soon(), connection.closed.then(gone)]);
    if (json === true) printJson({ ...resolved, decision: end });
    else {
      print(`edited: ${callSummary(card.tool, values)}`);
      print(visibleText(wordsOf(end)));
      if (end.type === "asks-again") print(`  ${commandFor({ ...card, approvalId: end.cardId, grant: undefined })}`);
    }
    if (end.type === "ended") throw new ExitWith(1);
  } finally {
    connection.close();
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

function wordsOf(end: Edited): string {
  switch (end.type) {
    case "execute":
      return "It runs with that.";
    case "asks-again":
      return `It waits for you once more, as ${end.cardId}: the change brought something up that the card had not shown.`;
    case "ended":
      return `It does not run (${end.outcome}): ${end.why}`;
    case "undecided":
      return "Rules and hooks have not answered yet; the trace will tell: loopd trace show SESSION";
  }
}

const soon = () =>
  new Promise<Edited>((resolve) => setTimeout(() => resolve({ type: "undecided" }), DECISION_LIMIT).unref());

function gone(): never {
  throw new LoopdError("connection-closed", "The helper went away. Whether it took the change, the trace tells.");
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw usage(`--args takes JSON, such as {"command":"ls"}; this is none: ${text.slice(0, 80)}`);
  }
}
