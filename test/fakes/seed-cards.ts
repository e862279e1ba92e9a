import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { EntryData, EntryDraft } from "../../src/protocol/entries.ts";
import type { Question } from "../../src/protocol/question.ts";

/** A card to be, of a call of its own. */
type SeededCard = Partial<EntryData<"tool.requested">> & { question?: Question };

/**
 * Records cards in a home that no helper holds, as if turn `t1` of session `s1` had opened them: `t1.1.0#1`, `t1.1.1#1`, …
 * Without a question it is an approval. Without `started` there is no such turn, so no helper goes on with it.
 */
export function seedCards(home: string, cards: readonly SeededCard[], started?: EntryData<"turn.started">): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const where = { session: "s1", turn: "t1" };
  const created: EntryDraft = {
    kind: "session.created",
    session: "s1",
    data: { title: "A talk", workspace: home, nonce: "n" },
  };
  const turn: EntryDraft[] = started === undefined ? [] : [{ kind: "turn.started", ...where, data: started }];
  const opened = cards.flatMap(({ question, ...call }, index): EntryDraft[] => {
    const callId = `t1.1.${index}`;
    const type = question === undefined ? "approval" : "question";
    const requested = { name: "ask_user", arguments: {}, effect: "state" as const, ...call, callId };
    return [
      { kind: "tool.requested", ...where, data: requested },
      { kind: "card.opened", ...where, data: { cardId: `${callId}#1`, callId, type, question } },
    ];
  });
  const store = openStore(join(home, "loopd.db"), createStamp("boot"));
  store.log.append([created, ...turn, ...opened]);
  store.close();
}
