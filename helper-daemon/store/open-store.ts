import { createCardList, type CardList } from "./card-list.ts";
import { createEntryLog, type EntryLog, type Stamp } from "./entry-log.ts";
import { createFileList, type FileList } from "./file-list.ts";
import { createGrantList, type GrantList } from "./grant-list.ts";
import { createLists, type Lists } from "./lists.ts";
import { createMemoryOutbox, type MemoryOutbox } from "./memory-outbox.ts";
import { openDatabase } from "./open-database.ts";
import { createProjections } from "./projections.ts";
import { createSessionValues, type SessionValues } from "./session-values.ts";
import { createVaultTable, type VaultTable } from "./vault-table.ts";
import { createWordIndex, type WordIndex } from "./word-index.ts";

/** The durable state of a home: the trace, and what is read from it. */
export interface Store {
  log: EntryLog;
  lists: Lists;
  cards: CardList;
  words: WordIndex;
  grants: GrantList;
  vault: VaultTable;
  files: FileList;
  values: SessionValues;
  outbox: MemoryOutbox;
  /** Writes everything back into the one file and closes it. */
  close(): void;
}

/** Opens `loopd.db`. Errors: see `openDatabase`. */
export function openStore(path: string, stamp: Stamp): Store {
  const database = openDatabase(path);
  const log = createEntryLog(database, createProjections(database), stamp);
  return {
    log,
    lists: createLists(database),
    cards: createCardList(database, log),
    words: createWordIndex(database, log),
    grants: createGrantList(database),
    vault: createVaultTable(database),
    files: createFileList(database),
    values: createSessionValues(database),
    outbox: createMemoryOutbox(database),
    close: () => database.close(),
  };
}
