import { createCardList, type CardList } from "./card-list.ts";
import { type CompactionList, createCompactionList } from "./compaction-list.ts";
import { createDelegateList, type DelegateList } from "./delegate-list.ts";
import { createEntryLog, type EntryLog, type Stamp } from "./entry-log.ts";
import { createFileList, type FileList } from "./file-list.ts";
import { createForkList, type ForkList } from "./fork-list.ts";
import { createGrantList, type GrantList } from "./grant-list.ts";
import { createLists, type Lists } from "./lists.ts";
import { createMemoryOutbox, type MemoryOutbox } from "./memory-outbox.ts";
import { openDatabase } from "./open-database.ts";
import { createOverrideList, type OverrideList } from "./override-list.ts";
import { createProjections } from "./projections.ts";
import { createPurge, type Purge } from "./purge.ts";
import { createRoutineList, type RoutineList } from "./routine-list.ts";
import { createRoutineRuns, type RoutineRuns } from "./routine-runs.ts";
import { createSessionValues, type SessionValues } from "./session-values.ts";
import { createTaintList, type TaintList } from "./taint-list.ts";
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
  taints: TaintList;
  forks: ForkList;
  compactions: CompactionList;
  delegates: DelegateList;
  values: SessionValues;
  overrides: OverrideList;
  outbox: MemoryOutbox;
  routines: RoutineList;
  runs: RoutineRuns;
  purge: Purge;
  /** Writes everything back into the one file and closes it. */
  close(): void;
}

/** Opens `loopd.db`. Errors: see `openDatabase`. */
export function openStore(path: string, stamp: Stamp): Store {
  const database = openDatabase(path);
  const forks = createForkList(database);
  const barred = new Set<string>();
  const log = createEntryLog(database, createProjections(database), stamp, forks.past, barred);
  return {
    log,
    lists: createLists(database, forks),
    cards: createCardList(database, log),
    words: createWordIndex(database, log),
    grants: createGrantList(database),
    vault: createVaultTable(database),
    files: createFileList(database),
    taints: createTaintList(database),
    forks,
    compactions: createCompactionList(database),
    delegates: createDelegateList(database),
    values: createSessionValues(database),
    overrides: createOverrideList(database, forks),
    outbox: createMemoryOutbox(database),
    routines: createRoutineList(database),
    runs: createRoutineRuns(database),
    purge: createPurge(database, forks, barred),
    close: () => database.close(),
  };
}
