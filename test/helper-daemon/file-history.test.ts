import { appendFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MIGRATIONS } from "../../helper-daemon/store/migrations.ts";
import { createProjections } from "../../helper-daemon/store/projections.ts";
import { type FileChange, planUndo } from "../../helper-daemon/undo-plan.ts";
import { temporaryPath } from "../../src/tools/files/replace-file.ts";
import type { Json } from "../../src/protocol/values.ts";
import { type Recorded, recorded } from "../tools/files/with-history.ts";

const write = (path: string, text: string): [string, Json] => ["files_write", { path, text }];
const edit = (path: string, old: string, next: string): [string, Json] => [
  "files_edit",
  { path, edits: [{ old, new: next }] },
];

/** What a tool records before a change that a crash then prevents, or makes unknown. */
function recordOnly({ history, session }: Recorded, turn: string, path: string, before: string, after: string) {
  const origin = { caller: "tool", session, turn, callId: "crashed" } as const;
  const was = { blob: before, mode: 0o644, sha256: before };
  return history.changing({ path, before: was, after, extent: "whole" }, origin);
}

test("a session's changes are taken back, the newest first: made files go, changed ones are as before", async () => {
  const world = await recorded();
  const { here, call, undo, end } = world;
  await here.file("a.txt", "A\n");
  await here.file("run.sh", "echo\n");
  await call(...edit("a.txt", "A", "B"));
  await call(...write("sub/new.txt", "made"));
  await call(...edit("run.sh", "echo", "ls"));
  await call(...edit("a.txt", "B", "C"));
  end();
  const planned = await undo({ isDryRun: true });
  expect(await readFile(here.path("a.txt"), "utf8")).toBe("C\n");
  const expected = [
    { path: here.path("a.txt"), result: "restored" },
    { path: here.path("run.sh"), result: "restored" },
    { path: here.path("sub/new.txt"), result: "removed" },
  ];
  expect(planned).toEqual(expected);
  expect(await undo()).toEqual(expected);
  expect(await readFile(here.path("a.txt"), "utf8")).toBe("A\n");
  expect(await readFile(here.path("run.sh"), "utf8")).toBe("echo\n");
  expect(await readdir(here.path("sub"))).toEqual([]);
  // Twice is harmless, and recorded changes are not made up.
  const recordedSoFar = world.store.files.changes(world.session).length;
  expect((await undo()).map(({ result }) => result)).toEqual(["unchanged", "unchanged", "unchanged"]);
  expect(world.store.files.changes(world.session)).toHaveLength(recordedSoFar);
});

test("undo is itself recorded, with who asked, and new changes after it are taken back to the same beginning", async () => {
  const { here, call, undo, end, turn, store, session } = await recorded();
  const path = await here.file("a.txt", "A");
  await call(...edit("a.txt", "A", "B"));
  end();
  await undo();
  expect(store.files.changes(session).at(-1)).toMatchObject({
    key: path,
    by: "test",
    after: { sha256: expect.any(String) },
  });
  turn();
  expect((await call(...edit("a.txt", "A", "D"))).text).toMatch(/has changed since you read it/);
  await call("files_read", { path: "a.txt" });
  await call(...edit("a.txt", "A", "D"));
  end();
  expect(await undo()).toEqual([{ path, result: "restored" }]);
  expect(await readFile(path, "utf8")).toBe("A");
});

test("one turn's changes are taken back alone; under a later turn's they are a conflict", async () => {
  const { here, call, undo, end, turn, store, session } = await recorded();
  const path = await here.file("a.txt", "A");
  const [first] = store.lists.turns(session);
  await call(...edit("a.txt", "A", "B"));
  const second = turn();
  await call(...edit("a.txt", "B", "C"));
  end();
  expect(await undo({ turn: first?.turn ?? "" })).toMatchObject([
    { result: "conflict", detail: expect.stringContaining("in another turn. It was left as it is.") },
  ]);
  expect(await undo({ turn: second })).toEqual([{ path, result: "restored" }]);
  expect(await readFile(path, "utf8")).toBe("B");
  expect(await undo({ turn: first?.turn ?? "" })).toEqual([{ path, result: "restored" }]);
  expect(await readFile(path, "utf8")).toBe("A");
  expect(await undo()).toEqual([{ path, result: "unchanged" }]);
  await expect(undo({ turn: "t0" })).rejects.toMatchObject({ code: "unknown-turn" });
});

test("what somebody else changed since stays, with where to find what was there", async () => {
  const { here, call, undo, end, blobFolder } = await recorded();
  for (const name of ["edited", "gone", "folder", "linked"]) {
    await here.file(name, "A");
    await call(...edit(name, "A", "B"));
  }
  await call(...write("made", "B"));
  end();
  await appendFile(here.path("edited"), " and mine");
  await appendFile(here.path("made"), " and mine");
  await rm(here.path("gone"));
  await rm(here.path("folder"));
  await mkdir(here.path("folder"));
  await rename(here.path("linked"), here.path("elsewhere"));
  await symlink("elsewhere", here.path("linked"));
  const files = await undo();
  expect(files.map(({ result }) => result)).toEqual(Array(5).fill("conflict"));
  const detail = (name: string) => files.find(({ path }) => path === here.path(name))?.detail ?? "";
  expect(detail("edited")).toMatch(/^It was changed again since, by somebody else/);
  expect(detail("gone")).toMatch(/^It was removed since/);
  expect(detail("folder")).toMatch(/is a folder/);
  expect(detail("linked")).toMatch(/^A link leads from here to .*elsewhere now/);
  expect(detail("made")).toMatch(/Before the changes there was no file/);
  const [, blob = ""] = /is kept in (\S+)$/.exec(detail("edited")) ?? [];
  expect(blob.startsWith(blobFolder)).toBe(true);
  expect(await readFile(blob, "utf8")).toBe("A");
  expect(await readFile(here.path("edited"), "utf8")).toBe("B and mine");
  expect(await readFile(here.path("elsewhere"), "utf8")).toBe("B");
});

test("what a person changed between two changes is kept", async () => {
  const { here, call, undo, end } = await recorded();
  const path = await here.file("a.txt", "A");
  await call(...edit("a.txt", "A", "B"));
  await writeFile(path, "person");
  await call("files_read", { path: "a.txt" });
  await call(...edit("a.txt", "person", "session"));
  end();
  expect(await undo()).toMatchObject([{ result: "restored", detail: expect.stringContaining("earlier ones stay") }]);
  expect(await readFile(path, "utf8")).toBe("person");
});

test("a crash after the record: before the file was changed nothing is to do, after it the file is restored", async () => {
  const world = await recorded();
  const { here, undo, end } = world;
  const path = await here.file("a.txt", "A");
  const [before, after] = await Promise.all(["A", "B"].map((text) => here.place.saveBlob(Buffer.from(text))));
  await recordOnly(world, world.turn(), path, before ?? "", after ?? "");
  await writeFile(temporaryPath(path, "crashed"), "half");
  end();
  expect(await undo()).toEqual([{ path, result: "unchanged" }]);
  await writeFile(path, "B");
  expect(await undo()).toEqual([{ path, result: "restored" }]);
  expect(await readFile(path, "utf8")).toBe("A");
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  // The half that the crash left has gone with it.
  expect(await readdir(here.place.workspace)).toEqual(["a.txt"]);
});

test("a blob that is lost or damaged fails that file alone", async () => {
  const { here, call, undo, end, store, session, blobFolder } = await recorded();
  for (const name of ["lost", "damaged", "fine"]) {
    await here.file(name, name);
    await call(...edit(name, name, "changed"));
  }
  end();
  const blobOf = (name: string) => {
    const change = store.files.changes(session).find(({ key }) => key === here.path(name));
    return join(blobFolder, (change?.before as { blob: string }).blob);
  };
  await rm(blobOf("lost"));
  await writeFile(blobOf("damaged"), "other");
  expect(await undo()).toEqual([
    { path: here.path("fine"), result: "restored" },
    { path: here.path("damaged"), result: "failed", detail: expect.stringContaining("is damaged") },
    { path: here.path("lost"), result: "failed", detail: expect.stringContaining("is missing") },
  ]);
  expect(await readFile(here.path("damaged"), "utf8")).toBe("changed");
});

test("nothing is taken back while a turn is open, nor for a session that is not there", async () => {
  const { here, call, undo, history } = await recorded();
  await here.file("a.txt", "A");
  await call(...edit("a.txt", "A", "B"));
  await expect(undo()).rejects.toMatchObject({
    code: "turn-open",
    message: expect.stringContaining("loopd turn wait"),
  });
  const unknown = history.undo({ session: "s0", isDryRun: false, by: "test" });
  await expect(unknown).rejects.toMatchObject({ code: "unknown-session" });
});

test("a place that has become protected is never touched", async () => {
  const { here, call, undo, end, hub, session } = await recorded();
  await here.file("a.txt", "A");
  await call(...edit("a.txt", "A", "B"));
  end();
  const path = join(here.place.home, ".ssh/id");
  const data = { store: "file", key: path, callId: "c", after: { sha256: "0" } } as const;
  hub.record([{ kind: "state.changed", session, data }]);
  expect(await undo({ isDryRun: true })).toMatchObject([{ path, result: "failed" }, { result: "restored" }]);
});

test("only a running tool records changes", async () => {
  const { history } = await recorded();
  await expect(history.changing({ path: "/x" }, { caller: "face" })).rejects.toThrow(/Only a running tool/);
});

test("what is planned depends on contents alone: undone and done again, a history ends at its beginning", () => {
  const version = (sha256: string | undefined) =>
    sha256 === undefined ? undefined : { sha256, blob: sha256, mode: 0o644 };
  const content = fc.constantFrom("A", "B", "C", undefined);
  fc.assert(
    fc.property(
      content,
      fc.array(fc.record({ to: content, isMade: fc.boolean() }), { minLength: 1 }),
      (start, steps) => {
        let present = start;
        const changes: FileChange[] = [];
        for (const { to, isMade } of steps) {
          changes.push({ before: version(present), after: to });
          // One that a crash prevented: whoever goes on works with what is there.
          if (isMade) present = to;
        }
        const plan = planUndo(changes, present);
        expect(plan.type === "restore" ? plan.to?.sha256 : present).toBe(start);
        expect(plan.type).not.toBe("conflict");
        expect(planUndo(changes, "somebody else's").type).toBe("conflict");
      },
    ),
    { numRuns: 2000 },
  );
});

test("what sessions have seen is rebuilt from the entries alone", async () => {
  const { here, call, store, session } = await recorded();
  for (const name of ["a", "b"]) await here.file(name, "x");
  await call("files_read", { path: "a" });
  await call("files_read", { path: "b" });
  await writeFile(here.path("a"), "changed");
  await call("files_read", { path: "a" });
  const rebuilt = new Database(":memory:");
  for (const migration of MIGRATIONS) rebuilt.exec(migration);
  const project = createProjections(rebuilt);
  for (const entry of store.log.all(session, 0)) project(entry);
  const rows = rebuilt.prepare("SELECT session, path, fingerprint FROM files_seen").all();
  rebuilt.close();
  expect(rows).toHaveLength(2);
  for (const row of rows as { path: string; fingerprint: string }[]) {
    expect(store.files.seen(session, row.path)).toBe(row.fingerprint);
  }
});
