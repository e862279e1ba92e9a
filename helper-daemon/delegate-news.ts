import { fold } from "../src/agent/fold.ts";
import { emptyView } from "../src/agent/transcript.ts";
import type { DelegateEnd, DelegateNews } from "../src/protocol/delegate.ts";
import type { Entry, EntryOf } from "../src/protocol/entries.ts";
import type { Seq } from "../src/protocol/values.ts";
import { plainLine } from "../src/tools/visible-text.ts";
import type { Store } from "./store/open-store.ts";

const LONGEST_LINE = 100;

type Child = { session: string; turn: string };

/** What has happened to a delegate's turn since an entry; undefined where nothing has. */
export function delegateNews(store: Store, child: Child, after: Seq): DelegateNews | undefined {
  const entries = store.log.all(child.session, after).filter((entry) => entry.turn === child.turn);
  const newest = entries.at(-1);
  if (newest === undefined) return undefined;
  const lines = entries.flatMap(lineOf).map((line) => plainLine(line, LONGEST_LINE));
  const end = entries.find((entry) => entry.kind === "turn.finished");
  const { cards } = store.cards.list({ session: child.session, all: false, limit: 1 });
  const isWaiting = end === undefined && cards.length > 0;
  return { after: newest.seq, lines, isWaiting, end: end && endOf(store, child, end) };
}

/** What a person who waits for the turn that delegates should know. */
function lineOf(entry: Entry): string[] {
  switch (entry.kind) {
    case "turn.started":
      return [`works in session ${entry.session}`];
    case "tool.requested":
      return [`${entry.data.name} ${JSON.stringify(entry.data.arguments)}`];
    case "card.opened": {
      const { type, question } = entry.data;
      return [type === "question" ? `asks you: ${question?.text ?? ""}` : "waits for your approval: loopd approvals"];
    }
    case "card.resolved":
      return [`${entry.data.resolution} by ${entry.data.by}`];
    default:
      return [];
  }
}

function endOf({ log }: Store, { session, turn }: Child, { seq, data }: EntryOf<"turn.finished">): DelegateEnd {
  const { finish, text, error } = data;
  // A person may have asked the delegate something else meanwhile; that is no business of the call's.
  const past = log.all(session, 0).filter((entry) => entry.seq < seq);
  const view = past.reduce(fold, emptyView(session));
  const { tokens = 0, costUsd = 0 } = view.turn?.turn === turn ? view.turn.spent : {};
  const [stopping] = log.ofTurn(turn, "turn.stopping");
  return {
    session,
    finish,
    text,
    error,
    stopped: stopping?.data,
    taints: [...view.taints],
    spent: { tokens, costUsd },
  };
}
