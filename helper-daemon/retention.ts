import { readdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import type { Config } from "../src/protocol/config.ts";
import type { Entry } from "../src/protocol/entries.ts";
import { asLoopdError, LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { SessionId } from "../src/protocol/values.ts";
import { copiesOf } from "./disk-use.ts";
import type { Exporting } from "./export/export-entries.ts";
import type { Home } from "./home.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./logs.ts";
import { HOME_SESSION } from "./rules.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Store } from "./store/open-store.ts";
import { BLOB_NAME } from "./store/purge.ts";
import type { Turns } from "./turns.ts";

/** Deleting sessions for good: on a person's word, or because nobody went on with them for so long. */
export interface Retention {
  /**
   * When it resolves, nothing of the session is left on disk but what forks share of it: not in the database, its log, the
   * index or blobs. What a crash interrupts is done at the next start.
   * @throws LoopdError `unknown-session`, `turn-open`, `session-changed`.
   */
  delete(params: ParsedParamsOf<"session.delete">): Promise<ResultOf<"session.delete">>;
  /** @throws LoopdError `unknown-session`. */
  keep(params: ParsedParamsOf<"session.keep">): ResultOf<"session.keep">;
  /** Takes up what a crash has interrupted, and looks after outdated sessions from now on. */
  start(): void;
  /** Resolves once nothing of it works any more. */
  stop(): Promise<void>;
}

/** What deleting works on. `store` shows real values. */
export interface RetentionOptions {
  store: Store;
  hub: Hub;
  turns: Pick<Turns, "running">;
  blobs: Pick<Blobs, "isFresh">;
  home: Home;
  config: () => Config;
  log: Log;
  exporting: Exporting;
  /** Drops what is in memory of private values, after what was known of them has become durable. */
  forget(): void;
}

/** How long after the start, and how often, outdated sessions are looked for. */
const FIRST_LOOK_MS = 3_000;
const LOOK_MS = 3_600_000;
/** What could not be done now is tried again then. */
const RETRY_MS = 5_000;
/** Entries read at a time. */
const BATCH = 500;
const BY = "loopd (retention)";

/** The retention of a home. */
export function createRetention(options: RetentionOptions): Retention {
  const { store, hub, turns, blobs, home, config, log, exporting, forget } = options;
  const { purge, lists } = store;
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;
  let finishing: Promise<number> = Promise.resolve(0);
  let looking: Promise<void> = Promise.resolve();

  const later = (work: () => Promise<unknown>, delay: number): void => {
    if (isStopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void work().catch((thrown: unknown) => log.error({ err: asLoopdError(thrown) }, "deleting could not go on"));
    }, delay);
    timer.unref();
    timers.add(timer);
  };
  const isBlob = () => {
    const names = new Set(readdirSync(home.blobs));
    return (name: string) => names.has(name);
  };

  /** Deletes blobs that nothing mentions any more; how many. One that was just saved anew waits while a turn may need it. */
  const removeBlobs = async (): Promise<number> => {
    const wanted = purge.doomed().filter((name) => !(blobs.isFresh(name) && turns.running() > 0));
    if (wanted.length === 0) return 0;
    const left = new Set(wanted);
    for (let after = 0; left.size > 0;) {
      const rows = purge.texts(after, BATCH);
      for (const { data } of rows) for (const name of data.match(BLOB_NAME) ?? []) left.delete(name);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.seq;
      await pause();
    }
    purge.spared(wanted.filter((name) => !left.has(name)));
    const gone = [...left].filter((name) => !(blobs.isFresh(name) && turns.running() > 0));
    await Promise.all(gone.map((name) => rm(join(home.blobs, name), { force: true })));
    purge.gone(gone);
    return gone.length;
  };
  const finish = (): Promise<number> => {
    finishing = finishing
      .catch(() => 0)
      .then(async () => {
        if (!purge.isDue() || isStopped) return 0;
        let removed = 0;
        try {
          removed = await removeBlobs();
          const { backups } = await copiesOf(home.database);
          await Promise.all(backups.map((path) => rm(path, { force: true })));
          purge.clean();
        } catch (thrown) {
          log.warn({ err: asLoopdError(thrown) }, "what a deletion leaves to be done is tried again");
        }
        if (purge.isDue()) later(finish, RETRY_MS);
        return removed;
      });
    return finishing;
  };

  const refuseOpen = (sessions: readonly SessionId[]): void => {
    for (const session of sessions) {
      const [open] = lists.openTurns(session);
      if (open === undefined && store.compactions.asked(session) === undefined) continue;
      const what = open === undefined ? "is being compacted" : `still works on turn ${open.turn}`;
      const hint = `Wait for it (loopd turn wait ${session}) or cancel it (loopd turn cancel ${session}), then delete.`;
      throw new LoopdError("turn-open", `Session ${session} ${what}, so nothing was deleted. ${hint}`);
    }
    if (store.outbox.pending().length > 0)
      throw new LoopdError(
        "store-busy",
        "A note is just being written, so nothing was deleted. Try again in a moment.",
      );
  };

  const remove: Retention["delete"] = async ({ session, by, last, isDryRun }) => {
    lists.session(session);
    const copies = await copiesOf(home.database);
    const answer = { backups: copies.backups, copies: copies.damaged };
    const planned = purge.plan(session, isBlob());
    if (isDryRun) return { ...planned, ...answer, blobs: planned.blobs.length, isPending: false };
    refuseOpen(planned.sessions);
    const newest = store.forks.extent(session).last;
    if (last !== undefined && newest !== last) {
      const words = `Session ${session} has changed: its last entry is ${newest}, not ${last}. Nothing was deleted.`;
      throw new LoopdError("session-changed", `${words} Look at it again, then delete it.`);
    }
    forget();
    const purged = hub.together((record) => {
      const done = purge.remove(session, isBlob());
      const { sessions, forks } = done;
      const data = { sessions, by, ...(forks.length === 0 ? {} : { forks }) };
      record([{ kind: "session.deleted", session: HOME_SESSION, data }]);
      return done;
    });
    purge.bar(purged.sessions);
    forget();
    const blobsGone = await finish();
    return { ...purged, ...answer, blobs: blobsGone, isPending: purge.isDue() };
  };

  async function* pagesOf(session: SessionId): AsyncGenerator<Entry[]> {
    const isRevealed = config().retention.reveal;
    for (let after = 0; ;) {
      const page = isRevealed ? store.log.page(session, after, BATCH) : await exporting.page(session, after, BATCH);
      const end = page.at(-1);
      if (end === undefined) return;
      yield page;
      after = end.seq;
      await pause();
    }
  }
  const look = async (): Promise<void> => {
    const { days, exportTo } = config().retention;
    const failed = new Set<SessionId>();
    for (;;) {
      const found = purge.outdated(days, new Date(), BATCH).filter((session) => !failed.has(session));
      const [session] = found;
      if (session === undefined || isStopped) break;
      try {
        const { last } = store.forks.extent(session);
        if (exportTo !== undefined) {
          await mkdir(exportTo, { recursive: true, mode: 0o700 });
          const { writeExport } = await import("./export/write-export.ts");
          await writeExport(join(exportTo, `${basename(session)}.jsonl`), pagesOf(session));
        }
        await remove({ session, by: BY, last, isDryRun: false });
        log.info({ session }, "deleted a session that was kept as long as the config says");
      } catch (thrown) {
        failed.add(session);
        log.warn({ session, err: asLoopdError(thrown) }, "a session that is outdated could not be deleted");
      }
    }
    later(() => (looking = look()), LOOK_MS);
  };

  return {
    delete: remove,
    keep: ({ session, keep, by }) => {
      lists.session(session);
      hub.record([{ kind: "state.changed", session, data: { store: "retention", key: "keep", by, after: keep } }]);
      return { keep };
    },
    start: () => {
      if (purge.isDue()) later(finish, 0);
      later(() => (looking = look()), FIRST_LOOK_MS);
    },
    stop: async () => {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      await finishing.catch(() => 0);
      await looking;
    },
  };
}
