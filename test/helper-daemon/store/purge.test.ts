import { randomBytes } from "node:crypto";
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { MIGRATIONS } from "../../../helper-daemon/store/migrations.ts";
import { openDatabase } from "../../../helper-daemon/store/open-database.ts";
import { openStore, type Store } from "../../../helper-daemon/store/open-store.ts";
import type { EntryDraft } from "../../../src/protocol/entries.ts";
import { delegateKey } from "../../../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const noBlobs = () => false;

function storeIn(name: string): { path: string; store: Store } {
  const folder = temporaryFolder(name);
  onTestFinished(() => removeFolder(folder));
  const path = join(folder, "loopd.db");
  const store = openStore(path, createStamp("boot"));
  onTestFinished(() => store.close());
  return { path, store };
}

/** A whole turn that says a word in every place that holds text. */
function turnOf(session: string, turn: string, word: string, originKey = `user:${turn}`): EntryDraft[] {
  const where = { session, turn };
  const callId = `${turn}.1.0`;
  const setting = { overrides: {}, provenance: {}, endpoint: "e", model: "m", origin: "user" as const };
  const facts = { hash: "h", paths: [`/home/ada/${word}`] };
  return [
    { kind: "turn.started", ...where, data: { input: `find ${word}`, originKey, ...setting } },
    {
      kind: "tool.requested",
      ...where,
      data: { callId, name: "files_read", arguments: { path: word }, effect: "read" },
    },
    { kind: "tool.decided", ...where, data: { callId, decision: "requiresApproval", ruleId: "r", causes: [], facts } },
    { kind: "card.opened", ...where, data: { cardId: `${callId}#1`, type: "approval", callId } },
    { kind: "card.resolved", ...where, data: { cardId: `${callId}#1`, resolution: "approved", by: word } },
    {
      kind: "tool.finished",
      ...where,
      data: {
        ...{ callId, attempt: 1, name: "files_read", outcome: "ok", durationMs: 1, isSideEffectPossible: false },
        text: `${word} lorem ipsum ${"z".repeat(word.length * 7)} ${word} `.repeat(1 + (word.length % 5) * 20),
        saw: [{ path: `/home/ada/${word}`, fingerprint: word }],
        taints: [`web ${word}.example`],
      },
    },
    { kind: "state.changed", ...where, data: { store: "session", key: word, after: { word } } },
    { kind: "turn.finished", ...where, data: { finish: "done", text: `it is ${word}` } },
  ];
}

const created = (session: string, word: string): EntryDraft => {
  return {
    kind: "session.created",
    session,
    data: { title: `about ${word}`, workspace: `/home/ada/${word}`, nonce: "n" },
  };
};

function holds(path: string, word: string): boolean {
  return ["", "-wal"].some((suffix) => existsSync(path + suffix) && readFileSync(path + suffix).includes(word));
}

function remove(store: Store, session: string) {
  const purged = store.log.together(() => store.purge.remove(session, noBlobs));
  store.purge.bar(purged.sessions);
  store.purge.clean();
  return purged;
}

test("of a deleted session no byte is left, however sessions were interleaved; the others are as they were", async () => {
  const shape = fc.record({
    sessions: fc.integer({ min: 2, max: 7 }),
    order: fc.array(fc.nat(), { minLength: 5, maxLength: 90 }),
    gone: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.property(shape, ({ sessions, order, gone }) => {
      const folder = temporaryFolder("purge");
      const path = join(folder, "loopd.db");
      const store = openStore(path, createStamp("boot"));
      try {
        const words = Array.from({ length: sessions }, (_, index) => `quux${randomBytes(5).toString("hex")}n${index}`);
        store.log.append(words.map((word, index) => created(`s${index}`, word)));
        for (const [number, pick] of order.entries()) {
          const index = pick % sessions;
          store.log.append(turnOf(`s${index}`, `t${number}`, words[index] ?? ""));
          if (pick % 5 === 0) store.words.catchUp();
        }
        store.words.catchUp();
        const before = new Map(words.map((_, index) => [`s${index}`, store.log.all(`s${index}`, 0)]));
        const left = new Set(words.keys());
        for (const pick of gone) {
          const index = pick % sessions;
          if (!left.delete(index)) continue;
          expect(holds(path, words[index] ?? "")).toBe(true);
          remove(store, `s${index}`);
          expect([words[index], holds(path, words[index] ?? "")]).toEqual([words[index], false]);
          expect(store.words.search(words[index] ?? "", 10)).toEqual([]);
        }
        for (const index of left) expect(store.log.all(`s${index}`, 0)).toEqual(before.get(`s${index}`));
        expect(store.lists.sessions({ limit: 100 }).sessions).toHaveLength(left.size);
        expect(() => store.log.append([created("s9", "x")])).not.toThrow();
      } finally {
        store.close();
        removeFolder(folder);
      }
    }),
    { numRuns: 25 },
  );
});

test("what forks share stays theirs, through forks of forks, and goes with the last of them", () => {
  const { path, store } = storeIn("purge-forks");
  const { log, lists, purge } = store;
  log.append([created("s1", "alphaword"), ...turnOf("s1", "t1", "alphaword")]);
  const shared = log.lastSeq();
  log.append(turnOf("s1", "t2", "betaword"));
  log.append([{ kind: "session.forked", session: "s2", data: { from: "s1", at: shared } }]);
  log.append(turnOf("s2", "t3", "gammaword"));
  log.append([{ kind: "session.forked", session: "s3", data: { from: "s2", at: log.lastSeq() } }]);
  store.words.catchUp();
  const [two, three] = [log.all("s2", 0), log.all("s3", 0)];
  const turns = lists.turns("s3");

  expect(purge.plan("s1", noBlobs)).toMatchObject({ entries: 8, keptEntries: 9, forks: ["s2", "s3"] });
  expect(remove(store, "s1")).toMatchObject({ sessions: ["s1"], forks: ["s2", "s3"] });
  expect(holds(path, "betaword")).toBe(false);
  expect([log.all("s2", 0), log.all("s3", 0)]).toEqual([two, three]);
  expect(lists.turns("s3")).toEqual(turns);
  expect(lists.openTurns()).toEqual([]);
  expect(() => lists.session("s1")).toThrow("There is no session s1");
  // What is shared is found in a session that a person can open.
  expect(store.words.search("alphaword", 10).map(({ session }) => session)).not.toContain("s1");

  remove(store, "s2");
  expect(log.all("s3", 0)).toEqual(three);
  expect(holds(path, "alphaword")).toBe(true);
  remove(store, "s3");
  for (const word of ["alphaword", "betaword", "gammaword"]) expect([word, holds(path, word)]).toEqual([word, false]);
  expect(lists.sessions({ limit: 10 }).sessions).toEqual([]);
});

test("a turn that ended after a fork began is open there no more than before, and never taken up", () => {
  const { store } = storeIn("purge-open");
  const { log, lists } = store;
  log.append([created("s1", "alphaword"), ...turnOf("s1", "t1", "alphaword").slice(0, 2)]);
  const at = log.lastSeq();
  log.append(turnOf("s1", "t1", "alphaword").slice(2));
  log.append([{ kind: "session.forked", session: "s2", data: { from: "s1", at } }]);
  const turns = lists.turns("s2");
  remove(store, "s1");
  expect(lists.turns("s2")).toEqual(turns);
  expect(lists.openTurns()).toEqual([]);
});

test("delegates go with the session that they work for, and theirs with them", () => {
  const { path, store } = storeIn("purge-delegates");
  const { log } = store;
  log.append([created("s1", "alphaword"), ...turnOf("s1", "t1", "alphaword")]);
  log.append([created("s2", "betaword"), ...turnOf("s2", "t2", "betaword", delegateKey("t1.1.0"))]);
  log.append([created("s3", "gammaword"), ...turnOf("s3", "t3", "gammaword", delegateKey("t2.1.0"))]);
  log.append([created("s4", "deltaword"), ...turnOf("s4", "t4", "deltaword")]);
  expect(remove(store, "s1").sessions).toEqual(["s1", "s2", "s3"]);
  for (const word of ["alphaword", "betaword", "gammaword"]) expect(holds(path, word)).toBe(false);
  expect(holds(path, "deltaword")).toBe(true);
});

test("nothing that comes late is recorded of a deleted session", () => {
  const { store } = storeIn("purge-late");
  const { log } = store;
  log.append([created("s1", "alphaword"), ...turnOf("s1", "t1", "alphaword")]);
  remove(store, "s1");
  const late = { callId: "t1.1.0", attempt: 1, outcome: "ok" as const, durationMs: 1, text: "alphaword" };
  expect(() => log.append([{ kind: "tool.late", session: "s1", turn: "t1", data: late }])).toThrow("was deleted");
});

test("the log stays append-only for everybody else, and a deletion that is undone leaves all as it was", () => {
  const { path, store } = storeIn("purge-undone");
  const { log } = store;
  log.append([created("s1", "alphaword"), ...turnOf("s1", "t1", "alphaword")]);
  const before = log.all("s1", 0);
  expect(() =>
    log.together(() => {
      store.purge.remove("s1", noBlobs);
      throw new Error("no");
    }),
  ).toThrow();
  expect(log.all("s1", 0)).toEqual(before);
  expect(store.purge.isDue()).toBe(false);
  remove(store, "s1");
  const other = openDatabase(path);
  onTestFinished(() => void other.close());
  log.append([created("s2", "betaword")]);
  expect(() => other.exec("DELETE FROM entries")).toThrow("append-only");
});

test("a database that an earlier version wrote, with copies of rows in its free space, is written anew once", () => {
  const folder = temporaryFolder("purge-old");
  onTestFinished(() => removeFolder(folder));
  const path = join(folder, "loopd.db");
  const old = openDatabase(path, MIGRATIONS.slice(0, -1));
  old.pragma("secure_delete = OFF");
  const add = old.prepare(
    "INSERT INTO entries (id, session, kind, at, boot, mono, data) VALUES (?, ?, ?, ?, 'b', 1, ?)",
  );
  const scratch = old.prepare("INSERT INTO session_values VALUES ('s1', ?, ?)");
  for (let index = 0; index < 300; index += 1) {
    const text = `alphaword ${"y".repeat(index)}`;
    add.run(`e${index}`, "s1", "note.added", "2026-01-01", JSON.stringify({ from: "clock", text }));
    scratch.run(`k${index}`, text);
  }
  old.exec("INSERT INTO sessions VALUES ('s1', 'alphaword', '/w', '2026', 300)");
  old.exec("DELETE FROM session_values");
  old.close();
  expect(holds(path, "alphaword")).toBe(true);
  const store = openStore(path, createStamp("boot"));
  onTestFinished(() => store.close());
  remove(store, "s1");
  expect(holds(path, "alphaword")).toBe(false);
  expect(store.purge.isDue()).toBe(false);
});

test("sessions are outdated by the config's days or by their own, and never while they are open or work for another", () => {
  const { store } = storeIn("purge-outdated");
  const { log, purge } = store;
  const keep = (session: string, after: "always" | "default" | { days: number }): EntryDraft => {
    return { kind: "state.changed", session, data: { store: "retention", key: "keep", after } };
  };
  for (const number of [1, 2, 3, 4]) {
    const session = `s${number}`;
    log.append([created(session, "w"), ...turnOf(session, `t${number}`, "w")]);
  }
  log.append([created("s5", "w"), ...turnOf("s5", "t5", "w").slice(0, 2)]);
  log.append([created("s6", "w"), ...turnOf("s6", "t6", "w", delegateKey("t1.1.0"))]);
  log.append([keep("s2", "always"), keep("s3", { days: 90 }), keep("s4", { days: 3 })]);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  expect(purge.outdated(undefined, inDays(2), 10)).toEqual([]);
  expect(purge.outdated(undefined, inDays(4), 10)).toEqual(["s4"]);
  expect(purge.outdated(30, inDays(31), 10)).toEqual(["s1", "s4"]);
  expect(purge.outdated(30, inDays(91), 10)).toEqual(["s1", "s3", "s4"]);
  log.append([keep("s2", "default")]);
  expect(purge.outdated(30, inDays(31), 10)).toEqual(["s1", "s2", "s4"]);
  expect(store.lists.session("s4").keep).toEqual({ days: 3 });
});
