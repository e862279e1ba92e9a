import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test, vi } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import { ask, fork } from "../fakes/conversation.ts";
import { approveEverything, connectTo } from "../fakes/helper.ts";
import { journey, type Journey } from "../fakes/journey.ts";
import { gate, script } from "../fakes/model-server.ts";

const MARKER = "zyxmarkerqwv";

/** Files of a home that hold a text anywhere, besides the notes, which outlive sessions. */
function filesWith(home: string, text: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(home, "memory"))) return [];
    return readFileSync(path).includes(text) ? [path] : [];
  });
}

/** A session that says the marker in its prompt, arguments, output, a stored output, a pre-image, a value and an answer. */
function marked() {
  const long = `for i in $(seq 2000); do echo ${MARKER} line $i; done`;
  return script()
    .calls("shell_run", { command: long, _rationale: MARKER })
    .calls("files_read", { path: "note.txt" })
    .calls("files_write", { path: "note.txt", text: `new ${MARKER}` })
    .calls("call_tool", { name: "state_set", arguments: { key: MARKER, value: MARKER } })
    .says(`It is ${MARKER}.`)
    .repeatLast();
}

async function markedSession({ face, workspace, helper }: Journey) {
  await approveEverything(helper);
  writeFileSync(join(workspace, "note.txt"), `old ${MARKER}\n`);
  await face.connection.request("session.search", { query: "nothing", limit: 1 });
  const { session } = await ask(face, undefined, `Find ${MARKER}`, workspace);
  await face.connection.request("session.search", { query: MARKER, limit: 1 });
  return session;
}

test("a deleted session leaves no byte in database, log, index, blobs or logs; others and notes stay", async () => {
  const world = await journey(marked());
  const { face, helper, workspace } = world;
  const session = await markedSession(world);
  const other = await ask(face, undefined, "Something else", workspace);
  const { home } = helper;
  expect(readdirSync(join(home, "blobs")).length).toBeGreaterThan(1);
  expect(filesWith(home, MARKER).map((path) => path.slice(home.length + 1).split("/")[0])).toContain("blobs");

  const planned = await face.connection.request("session.delete", { session, by: "me", isDryRun: true });
  expect(planned).toMatchObject({ sessions: [session], forks: [] });
  expect((await face.connection.request("session.show", { session })).session.session).toBe(session);
  // Of the other session, only the answer of the scripted model says it.
  const { entries } = await face.connection.request("entries.read", { session: other.session, limit: 1000 });
  expect(JSON.stringify(entries)).toContain(MARKER);
  await face.connection.request("session.delete", { session: other.session, by: "me" });
  const done = await face.connection.request("session.delete", { session, by: "me" });
  expect(done.entries).toBe(planned.entries);
  expect(done.blobs).toBeGreaterThan(0);
  expect(filesWith(home, MARKER)).toEqual([]);
  expect(statSync(join(home, "loopd.db-wal")).size).toBeLessThan(100_000);

  const { sessions } = await face.connection.request("session.list", {});
  expect(sessions).toEqual([]);
  const told = face.entries.flatMap((entry) => (entry.kind === "session.deleted" ? [entry] : []));
  expect(told.map(({ session: where, data }) => [where, data.sessions])).toEqual([
    ["home", [other.session]],
    ["home", [session]],
  ]);
  await expect(face.connection.request("session.delete", { session, by: "me" })).rejects.toMatchObject({
    code: "unknown-session",
  });
});

test("blobs that another session mentions stay, and so does what forks share, with the forks named", async () => {
  const world = await journey(marked());
  const { face, helper } = world;
  const session = await markedSession(world);
  const copy = await fork(face, session);
  const before = await face.connection.request("entries.read", { session: copy, limit: 1000 });
  const done = await face.connection.request("session.delete", { session, by: "me" });
  expect(done).toMatchObject({ forks: [copy], blobs: 0 });
  expect(done.keptEntries).toBeGreaterThan(10);
  expect(await face.connection.request("entries.read", { session: copy, limit: 1000 })).toEqual(before);
  const next = await ask(face, copy, "And now?");
  expect(next.end.data.finish).toBe("done");
  await face.connection.request("session.delete", { session: copy, by: "me" });
  expect(filesWith(helper.home, MARKER)).toEqual([]);
});

test("a session that works is not deleted; nor one that changed since it was looked at", async () => {
  const held = gate();
  const { face, workspace } = await journey(script().says("One.").says("Two.").holds(held));
  const { session, end } = await ask(face, undefined, "Go", workspace);
  await expect(
    face.connection.request("session.delete", { session, by: "me", last: end.seq - 1 }),
  ).rejects.toMatchObject({ code: "session-changed" });
  const open = await face.submit({ input: "Go on", session });
  await expect(face.connection.request("session.delete", { session, by: "me" })).rejects.toMatchObject({
    code: "turn-open",
  });
  held.release();
  await face.untilKind("turn.finished", ({ turn }) => turn === open.turn);
  await vi.waitFor(() => face.connection.request("session.delete", { session, by: "me" }), { timeout: 30_000 });
});

test("placeholders and their values go with the last session that has them", async () => {
  const world = await journey(script().says("I wrote to them.").repeatLast());
  const { face, helper, workspace } = world;
  await face.connection.request("endpoint.set", { name: "test", changes: { trust: "remote" } });
  const { session } = await ask(face, undefined, "Write to carol.jones@example.org", workspace);
  const { values } = await face.connection.request("vault.list", {});
  expect(values).toHaveLength(1);
  await face.connection.request("session.delete", { session, by: "me" });
  expect((await face.connection.request("vault.list", {})).values).toEqual([]);
  const database = new Database(join(helper.home, "loopd.db"), { readonly: true });
  try {
    expect(database.prepare("SELECT count(*) AS rows FROM vault_values").get()).toEqual({ rows: 0 });
  } finally {
    database.close();
  }
  expect(filesWith(helper.home, "carol.jones")).toEqual([]);
});

test.each([0, 2, 5, 9])(
  "killed %i ms into a deletion, either all of the session is there or, after the next start, nothing",
  async (delay) => {
    const world = await journey(marked());
    const session = await markedSession(world);
    const { home } = world.helper;
    const deleting = connectTo(home)
      .then((connection) => connection.request("session.delete", { session, by: "me" }))
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await world.helper.kill();
    await deleting;
    const { face } = await world.restart();
    const { sessions } = await face.connection.request("session.list", {});
    if (sessions.length > 0) {
      const { entries } = await face.connection.request("entries.read", { session, limit: 1000 });
      expect(entries.at(-1)?.kind).toBe("turn.finished");
      await face.connection.request("session.delete", { session, by: "me" });
      expect(filesWith(home, MARKER)).toEqual([]);
      return;
    }
    await vi.waitFor(() => expect(filesWith(home, MARKER)).toEqual([]), { timeout: 60_000, interval: 200 });
  },
);

test("killed as soon as it is told that the session is gone, the next helper finishes the work", async () => {
  const world = await journey(marked());
  const session = await markedSession(world);
  const { home } = world.helper;
  const told = world.face.untilKind("session.deleted");
  void world.face.connection.request("session.delete", { session, by: "me" }).catch(() => undefined);
  await told;
  await world.helper.kill();
  await world.restart();
  await vi.waitFor(() => expect(filesWith(home, MARKER)).toEqual([]), { timeout: 60_000, interval: 200 });
});

test.each(["lives on", "is killed"])(
  "while another program reads the database, the rest of the work is pending; a helper that %s has it done afterwards",
  async (fate) => {
    const world = await journey(marked());
    const session = await markedSession(world);
    const { home } = world.helper;
    const reader = new Database(join(home, "loopd.db"), { readonly: true });
    try {
      reader.exec("BEGIN");
      reader.prepare("SELECT count(*) FROM entries").get();
      const done = await world.face.connection.request("session.delete", { session, by: "me" });
      expect(done.isPending).toBe(true);
      expect(filesWith(home, MARKER)).not.toEqual([]);
      if (fate === "is killed") await world.helper.kill();
    } finally {
      reader.close();
    }
    if (fate === "is killed") await world.restart();
    await vi.waitFor(() => expect(filesWith(home, MARKER)).toEqual([]), { timeout: 60_000, interval: 200 });
  },
);

test("what the config says is outdated is exported, then deleted; what a person keeps, or cannot be exported, stays", async () => {
  const world = await journey(marked());
  const session = await markedSession(world);
  const kept = await ask(world.face, undefined, "Keep this", world.workspace);
  await world.face.connection.request("session.keep", { session: kept.session, keep: "always", by: "me" });
  const { home } = world.helper;
  const folder = join(world.workspace, "kept");
  await world.helper.stop();
  const age = () => {
    const database = new Database(join(home, "loopd.db"));
    database.exec("UPDATE sessions SET updated_at = '2020-01-01T00:00:00.000Z'");
    database.close();
  };
  const configure = (retention: object) => {
    const path = join(home, "config.json");
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), retention }));
  };
  age();
  writeFileSync(folder, "a file, no folder");
  configure({ days: 30, exportTo: join(folder, "inside") });
  const first = await world.restart();
  await vi.waitFor(() => expect(logOf(home)).toContain("could not be deleted"), { timeout: 60_000, interval: 200 });
  expect((await first.face.connection.request("session.list", {})).sessions).toHaveLength(2);
  await first.helper.stop();

  configure({ days: 30, exportTo: `${folder}-2` });
  const second = await world.restart();
  await second.face.untilKind("session.deleted");
  await vi.waitFor(
    async () => {
      const { sessions } = await second.face.connection.request("session.list", {});
      expect(sessions.map((row) => row.session)).toEqual([kept.session]);
    },
    { timeout: 60_000, interval: 200 },
  );
  const lines = readFileSync(join(`${folder}-2`, `${session}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  expect((JSON.parse(lines.at(-1) ?? "") as Entry).kind).toBe("turn.finished");
  expect(existsSync(join(`${folder}-2`, `${kept.session}.jsonl`))).toBe(false);
});

function logOf(home: string): string {
  return readdirSync(join(home, "logs"))
    .map((name) => readFileSync(join(home, "logs", name), "utf8"))
    .join("");
}
