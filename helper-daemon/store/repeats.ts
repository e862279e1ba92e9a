import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import { canonicalize } from "../../src/agent/canonical.ts";
import { grantCondition } from "../../src/agent/policy/grant-offer.ts";
import type { EntryData, EntryOf } from "../../src/protocol/entries.ts";

/** Counts identical approvals: those of one tool that a grant with the same condition would have answered. */
export interface Repeats {
  opened(entry: EntryOf<"card.opened">): void;
  resolved(entry: EntryOf<"card.resolved">): void;
  /** Counting begins anew once a person has taken a grant of that kind back. */
  revoked(grant: string): void;
  /** How often what a card asks has been approved once; 0 where nothing tells it apart. */
  count(cardId: string): number;
}

/** Prepares the counts of a database. Writing happens inside the transaction of the entry. */
export function createRepeats(database: Database.Database): Repeats {
  const ofCall = (kind: string) =>
    database
      .prepare<[string, string], string>(
        `SELECT data FROM entries WHERE turn = ? AND kind = '${kind}' AND data ->> '$.callId' = ? ORDER BY seq DESC LIMIT 1`,
      )
      .pluck();
  const requested = ofCall("tool.requested");
  const decided = ofCall("tool.decided");
  const keep = database.prepare("INSERT OR REPLACE INTO card_conditions VALUES (?, ?)");
  const add = database.prepare(
    `INSERT INTO repeated_approvals SELECT condition, 1 FROM card_conditions WHERE card_id = ?
     ON CONFLICT (condition) DO UPDATE SET times = times + 1`,
  );
  const forget = database.prepare(
    "DELETE FROM repeated_approvals WHERE condition = (SELECT condition FROM card_conditions WHERE card_id = ?)",
  );
  const times = database
    .prepare<[string], number>(
      "SELECT times FROM repeated_approvals JOIN card_conditions USING (condition) WHERE card_id = ?",
    )
    .pluck();
  return {
    opened: ({ turn = "", data: { cardId, callId = "", type } }) => {
      if (type !== "approval") return;
      const request = requested.get(turn, callId);
      const decision = decided.get(turn, callId);
      if (request === undefined || decision === undefined) return;
      const { name: tool } = JSON.parse(request) as EntryData<"tool.requested">;
      const { facts, ruleId } = JSON.parse(decision) as EntryData<"tool.decided">;
      const condition = grantCondition({ type, tool, facts, ruleId });
      if (condition === undefined) return;
      keep.run(cardId, createHash("sha256").update(canonicalize(condition)).digest("hex"));
    },
    resolved: ({ data: { cardId, resolution, scope = "once" } }) => {
      if (resolution === "approved" && scope === "once") add.run(cardId);
    },
    revoked: (grant) => void forget.run(grant.replace(/^grant-/, "")),
    count: (cardId) => times.get(cardId) ?? 0,
  };
}
