import type Database from "better-sqlite3";
import type { Entry } from "../../src/protocol/entries.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { keepSchema } from "../../src/protocol/keep.ts";
import type { Json } from "../../src/protocol/values.ts";
import { createRepeats } from "./repeats.ts";
import { createForkProjection } from "./project-fork.ts";
import { createRoutineProjection } from "./routine-projection.ts";
import { createTaintProjection } from "./project-taints.ts";

/** Applies one entry to the tables that lists are read from. Runs inside the entry's own transaction. */
export type Project = (entry: Entry) => void;

/** Prepares the projections of a database. A second answer to a card throws `card-resolved` and undoes the record. */
export function createProjections(database: Database.Database): Project {
  const addSession = database.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)");
  const touchSession = database.prepare("UPDATE sessions SET updated_at = ?, updated_seq = ? WHERE session = ?");
  const forkSession = createForkProjection(database);
  const addTurn = database.prepare("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)");
  const endTurn = database.prepare("UPDATE turns SET finish = ?, text = ? WHERE turn = ? AND finish IS NULL");
  const addCard = database.prepare("INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)");
  const endCard = database.prepare(
    "UPDATE cards SET resolution = ?, resolved_by = ?, resolved_at = ? WHERE card_id = ? AND resolution IS NULL",
  );
  const addGrant = database.prepare("INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?)");
  const removeGrant = database.prepare("DELETE FROM grants WHERE id = ?");
  const seeFile = database.prepare("INSERT OR REPLACE INTO files_seen VALUES (?, ?, ?)");
  const forgetFiles = database.prepare("DELETE FROM files_seen WHERE session = ?");
  const setValue = database.prepare("INSERT OR REPLACE INTO session_values VALUES (?, ?, ?)");
  const dropValue = database.prepare("DELETE FROM session_values WHERE session = ? AND key = ?");
  const askCompaction = database.prepare("INSERT OR REPLACE INTO compactions_asked VALUES (?, ?)");
  const endCompaction = database.prepare("DELETE FROM compactions_asked WHERE session = ?");
  const awaitFile = database.prepare("INSERT INTO memory_outbox VALUES (?)");
  const keepRoutine = createRoutineProjection(database);
  const taint = createTaintProjection(database);

  const keepAsUsual = database.prepare("DELETE FROM session_retention WHERE session = ?");
  const keepFor = database.prepare("INSERT OR REPLACE INTO session_retention VALUES (?, ?)");
  const retain = (session: string, after: Json | undefined) => {
    const { data: keep = "default" } = keepSchema.safeParse(after);
    if (keep === "default") keepAsUsual.run(session);
    else keepFor.run(session, keep === "always" ? null : keep.days);
  };

  const repeats = createRepeats(database);
  return (entry) => {
    const { seq, session, turn = "", at } = entry;
    taint(entry);
    switch (entry.kind) {
      case "session.created":
        addSession.run(session, entry.data.title, entry.data.workspace, at, seq);
        return;
      case "session.forked":
        forkSession(entry);
        return;
      case "session.deleted":
        return;
      case "session.cleared":
        forgetFiles.run(session);
        endCompaction.run(session);
        touchSession.run(at, seq, session);
        return;
      case "compaction.asked":
        askCompaction.run(session, seq);
        return;
      case "epoch.opened":
      case "epoch.skipped":
        if (entry.data.reason === "asked") endCompaction.run(session);
        return;
      case "turn.started":
        addTurn.run(turn, session, entry.data.originKey, seq, at, entry.data.input);
        touchSession.run(at, seq, session);
        return;
      case "turn.finished":
        if (endTurn.run(entry.data.finish, entry.data.text, turn).changes !== 1) {
          throw new LoopdError("turn-finished", `Turn ${turn} has already finished.`);
        }
        touchSession.run(at, seq, session);
        return;
      case "card.opened": {
        const { cardId, callId = "", type, expiresAt = null, causes = [] } = entry.data;
        addCard.run(cardId, session, turn, callId, type, seq, at, expiresAt, JSON.stringify(causes));
        repeats.opened(entry);
        touchSession.run(at, seq, session);
        return;
      }
      case "card.resolved": {
        const { cardId, resolution, by } = entry.data;
        if (endCard.run(resolution, by, at, cardId).changes === 1) return repeats.resolved(entry);
        throw new LoopdError("card-resolved", `Card ${cardId} has already been resolved, or there is none.`);
      }
      case "rule.added": {
        const { rule } = entry.data;
        addGrant.run(rule.id, rule.grant?.session ?? null, seq, JSON.stringify(rule));
        return;
      }
      case "rule.removed":
        if (removeGrant.run(entry.data.rule.id).changes === 1) return repeats.revoked(entry.data.rule.id);
        throw new LoopdError("unknown-rule", `There is no grant ${entry.data.rule.id} any more.`);
      case "state.changed": {
        const { store, key, after } = entry.data;
        if (store === "session" && after === undefined) dropValue.run(session, key);
        else if (store === "session") setValue.run(session, key, JSON.stringify(after));
        else if (store === "memory") awaitFile.run(seq);
        else if (store === "routine") keepRoutine(entry);
        else if (store === "retention") retain(session, entry.data.after);
        return;
      }
      case "tool.finished":
        for (const { path, fingerprint } of entry.data.saw ?? []) seeFile.run(session, path, fingerprint);
        return;
      default:
        return;
    }
  };
}
