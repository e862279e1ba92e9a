import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { MIGRATIONS } from "../../../helper-daemon/store/migrations.ts";
import { openStore, type Store } from "../../../helper-daemon/store/open-store.ts";
import { createProjections } from "../../../helper-daemon/store/projections.ts";
import type { Entry, EntryDraft } from "../../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const stamp = createStamp("boot");

function emptyStore(): { store: Store; path: string } {
  const folder = temporaryFolder("forks");
  const path = join(folder, "loopd.db");
  const store = openStore(path, stamp);
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  return { store, path };
}

const created = (session: string): EntryDraft => {
  return { kind: "session.created", session, data: { title: `title of ${session}`, workspace: "/w", nonce: "n" } };
};
const forked = (session: string, from: string, at: number, title?: string): EntryDraft => {
  return { kind: "session.forked", session, data: { from, at, title } };
};
const started = (session: string, turn: string): EntryDraft => {
  const chosen = { endpoint: "e", model: "m", overrides: {}, provenance: {} };
  const data = { input: `ask ${turn}`, origin: "user" as const, originKey: turn, ...chosen };
  return { kind: "turn.started", session, turn, data };
};
const finished = (session: string, turn: string): EntryDraft => {
  return { kind: "turn.finished", session, turn, data: { finish: "done", text: `answer ${turn}` } };
};
const kept = (session: string, key: string, after?: number): EntryDraft => {
  return { kind: "state.changed", session, data: { store: "session", key, after } };
};
const saw = (session: string, path: string, fingerprint: string): EntryDraft => {
  const end = { callId: "c", attempt: 1, name: "n", outcome: "ok" as const, durationMs: 1, text: "" };
  const data = { ...end, saw: [{ path, fingerprint }], isSideEffectPossible: false };
  return { kind: "tool.finished", session, turn: "t", data };
};
const forgot = (session: string): EntryDraft => ({ kind: "session.cleared", session, data: { by: "test" } });

/** What a history leaves of values and seen files. */
function stateOf(history: readonly Entry[]): { values: [string, unknown][]; files: Map<string, string> } {
  const values = new Map<string, unknown>();
  const files = new Map<string, string>();
  for (const entry of history) {
    if (entry.kind === "session.cleared") files.clear();
    if (entry.kind === "tool.finished") for (const one of entry.data.saw ?? []) files.set(one.path, one.fingerprint);
    if (entry.kind !== "state.changed") continue;
    if (entry.data.after === undefined) values.delete(entry.data.key);
    else values.set(entry.data.key, entry.data.after);
  }
  return { values: [...values].sort(([a], [b]) => (a < b ? -1 : 1)), files };
}

const PATHS = ["/a", "/b"];
const deed = fc.record({
  what: fc.constantFrom("say", "keep", "drop", "see", "clear", "fork", "fork"),
  who: fc.nat(),
  at: fc.nat(),
  key: fc.constantFrom("x", "y"),
  path: fc.constantFrom(...PATHS),
});

test("a history is the shared past and then the own entries, whoever goes on meanwhile; values and seen files follow it", () => {
  const { store, path } = emptyStore();
  let world = 0;
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
      world += 1;
      const histories = new Map<string, Entry[]>();
      const record = (draft: EntryDraft, past: readonly Entry[] = histories.get(draft.session) ?? []) =>
        histories.set(draft.session, [...past, ...store.log.append([draft])]);
      record(created(`s${world}.0`));
      for (const { what, who, at, key, path: file } of deeds) {
        const sessions = [...histories.keys()];
        const session = sessions[who % sessions.length] ?? "";
        const history = histories.get(session) ?? [];
        const count = store.log.lastSeq();
        if (what === "fork") {
          const last = history[at % history.length];
          const past = history.slice(0, history.indexOf(last as Entry) + 1);
          record(forked(`s${world}.${sessions.length}`, session, last?.seq ?? 0), past);
        } else if (what === "keep") record(kept(session, key, count));
        else if (what === "drop") record(kept(session, key));
        else if (what === "see") record(saw(session, file, `f${count}`));
        else if (what === "clear") record(forgot(session));
        else
          record({ kind: "note.added", session, turn: "t", data: { from: "person", text: `word${world} ${count}` } });
      }
      for (const [session, history] of histories) {
        expect(store.log.all(session, 0)).toEqual(history);
        const middle = history[Math.floor(history.length / 2)]?.seq ?? 0;
        expect(store.log.all(session, middle)).toEqual(history.filter((entry) => entry.seq > middle));
        expect(store.log.page(session, middle, 3)).toEqual(history.filter((entry) => entry.seq > middle).slice(0, 3));
        for (const limit of [1, 2, 5, 9, 1000])
          expect(store.log.page(session, 0, limit)).toEqual(history.slice(0, limit));
        expect(store.forks.extent(session)).toEqual({ first: history[0]?.seq, last: history.at(-1)?.seq });
        for (const entry of [...histories.values()].flat())
          expect(store.forks.holds(session, entry.seq)).toBe(history.some(({ seq }) => seq === entry.seq));
        const { values, files } = stateOf(history);
        expect(store.values.all(session)).toEqual(values);
        for (const one of PATHS) expect(store.files.seen(session, one)).toBe(files.get(one));
      }
    }),
    { numRuns: 60 },
  );

  const rebuilt = new Database(":memory:");
  for (const migration of MIGRATIONS) rebuilt.exec(migration);
  rebuilt.exec(`ATTACH DATABASE '${path}' AS source; INSERT INTO main.entries SELECT * FROM source.entries;`);
  const project = createProjections(rebuilt);
  for (let after = 0; ;) {
    const page = store.log.page(undefined, after, 500);
    page.forEach(project);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  for (const table of ["sessions", "forks", "session_values", "files_seen"]) {
    const differing = `SELECT count(*) AS n FROM (SELECT * FROM main.${table} EXCEPT SELECT * FROM source.${table})`;
    expect(rebuilt.prepare(differing).get()).toEqual({ n: 0 });
  }
  expect(rebuilt.prepare("SELECT count(*) AS n FROM forks").get()).not.toEqual({ n: 0 });
  rebuilt.close();
});

test("a fork lists the turns that it inherits as they stood there, and its own after them", () => {
  const { store } = emptyStore();
  const log = (...drafts: EntryDraft[]) => store.log.append(drafts).at(-1)?.seq ?? 0;
  const at = log(created("s1"), started("s1", "t1"), finished("s1", "t1"), started("s1", "t2"));
  log(finished("s1", "t2"), started("s1", "t3"));
  log(forked("s2", "s1", at, "another way"), forked("s3", "s1", at - 1), started("s3", "t4"));
  log(forked("s4", "s3", store.log.lastSeq()), finished("s3", "t4"));
  const turns = (session: string) =>
    store.lists.turns(session).map((row) => [row.turn, row.state, row.text, row.inheritedFrom]);
  expect(turns("s2")).toEqual([
    ["t1", "done", "answer t1", "s1"],
    ["t2", "interrupted", undefined, "s1"],
  ]);
  expect(turns("s3")).toEqual([
    ["t1", "done", "answer t1", "s1"],
    ["t4", "done", "answer t4", undefined],
  ]);
  expect(turns("s4")).toEqual([
    ["t1", "done", "answer t1", "s1"],
    ["t4", "interrupted", undefined, "s3"],
  ]);
  const row = (session: string) => {
    const { title, workspace, turns: count, state, forkedFrom } = store.lists.session(session);
    return [title, workspace, count, state, forkedFrom];
  };
  expect(row("s1")).toEqual(["title of s1", "/w", 3, "running", undefined]);
  expect(row("s2")).toEqual(["another way", "/w", 2, "interrupted", { session: "s1", at }]);
  expect(row("s3")).toEqual(["title of s1", "/w", 2, "done", { session: "s1", at: at - 1 }]);
  expect(store.lists.openTurns().map(({ turn, session }) => [turn, session])).toEqual([["t3", "s1"]]);
});

test("what was seen of files before a session was cleared is not known to its forks, but to those from before", () => {
  const { store } = emptyStore();
  const [, before, , after] = store.log.append([
    created("s1"),
    saw("s1", "/a", "f1"),
    forgot("s1"),
    saw("s1", "/b", "f2"),
    saw("s1", "/c", "f3"),
  ]);
  store.log.append([forked("s2", "s1", after?.seq ?? 0), forked("s3", "s1", before?.seq ?? 0)]);
  const seen = (session: string) => ["/a", "/b", "/c"].map((path) => store.files.seen(session, path));
  expect(seen("s2")).toEqual([undefined, "f2", undefined]);
  expect(seen("s3")).toEqual(["f1", undefined, undefined]);
});

test("words of a shared past are found once, in the session that said them", () => {
  const { store } = emptyStore();
  const [, last] = store.log.append([created("s1"), started("s1", "t1")]);
  store.log.append([forked("s2", "s1", last?.seq ?? 0), started("s2", "t2")]);
  expect(store.words.search("ask", 10).map(({ session }) => session)).toEqual(["s2", "s1"]);
});

test("a fork of a session that there is not is not recorded", () => {
  const { store } = emptyStore();
  expect(() => store.log.append([forked("s2", "s1", 1)])).toThrow(/no session s1/);
  expect(store.log.lastSeq()).toBe(0);
});
