import Database from "better-sqlite3";
import { join } from "node:path";
import { openStore } from "../helper-daemon/store/open-store.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { removeFolder, temporaryFolder } from "../test/fakes/helper.ts";
import type { Figure } from "./figure.ts";
import { median } from "./statistics.ts";

const BATCH = 20;
/** Entries in one measured stretch; the stretches of loopd and of the floor take turns. */
const STRETCH = 200;

/** Something that makes entries durable, a number of them per transaction. */
interface Writer {
  write(count: number): void;
  close(): void;
}

/**
 * Entries per second, each durable before the next: the store with its indexes and projections, beside bare inserts of
 * the same columns into a table without an index, with the same guarantees of SQLite.
 */
export function measureStore(stretches: number): Figure[] {
  const folder = temporaryFolder("bench");
  const writers = [storeWriter(join(folder, "loopd.db")), bareWriter(join(folder, "bare.db"))] as const;
  try {
    return [1, BATCH].map((perTransaction): Figure => {
      const rates = writers.map((): number[] => []);
      for (let i = -1; i < stretches; i++) {
        for (const [index, writer] of writers.entries()) {
          const rate = rateOf(writer, perTransaction, STRETCH * (perTransaction === 1 ? 1 : 5));
          if (i >= 0) rates[index]?.push(rate);
        }
      }
      const [loopd, bare] = rates.map(median);
      const against = { name: "bare inserts", value: bare ?? 0 };
      return { name: `durable entries, ${perTransaction} per transaction`, unit: "/s", loopd: loopd ?? 0, against };
    });
  } finally {
    for (const writer of writers) writer.close();
    removeFolder(folder);
  }
}

function rateOf(writer: Writer, perTransaction: number, entries: number): number {
  const begun = performance.now();
  for (let written = 0; written < entries; written += perTransaction) writer.write(perTransaction);
  return (entries * 1000) / (performance.now() - begun);
}

const DRAFT: EntryDraft = {
  kind: "note.added",
  session: "s-bench",
  turn: "t-bench",
  data: { from: "person", text: "Some words of a usual length. ".repeat(10) },
};

function storeWriter(path: string): Writer {
  let count = 0;
  const stamp = { id: () => `e${++count}`, now: () => new Date(), boot: "bench", mono: () => performance.now() };
  const store = openStore(path, stamp);
  return { write: (entries) => void store.log.append(new Array<EntryDraft>(entries).fill(DRAFT)), close: store.close };
}

function bareWriter(path: string): Writer {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("checkpoint_fullfsync = 1");
  database.exec(
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY, session TEXT, turn TEXT, kind TEXT, at TEXT, data TEXT)",
  );
  const insert = database.prepare("INSERT INTO entries (session, turn, kind, at, data) VALUES (?, ?, ?, ?, ?)");
  const data = JSON.stringify(DRAFT.data);
  const insertAll = database.transaction((entries: number) => {
    for (let i = 0; i < entries; i++) insert.run(DRAFT.session, DRAFT.turn, DRAFT.kind, "2026-01-01T00:00:00Z", data);
  });
  return { write: (entries) => insertAll.immediate(entries), close: () => void database.close() };
}
