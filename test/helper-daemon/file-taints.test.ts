import { mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { createFileTaints } from "../../helper-daemon/file-taints.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openDatabase } from "../../helper-daemon/store/open-database.ts";
import { MIGRATIONS } from "../../helper-daemon/store/migrations.ts";
import { openStore, type Store } from "../../helper-daemon/store/open-store.ts";
import type { EntryData, EntryDraft } from "../../src/protocol/entries.ts";
import { sha256Of } from "../../src/tools/files/file-state.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

const WEB = "web evil.example";
const LONG = "These words are long enough that the file can be told by its content alone.";

/** A real store, a real folder as the workspace of a session, and entries as the loop records them. */
function world() {
  const workspace = temporaryFolder("taints");
  onTestFinished(() => removeFolder(workspace));
  const store = openStore(join(temporaryHome(), "loopd.db"), createStamp("boot"));
  onTestFinished(() => store.close());
  const record = (...drafts: EntryDraft[]) => store.log.append(drafts);
  record({ kind: "session.created", session: "s1", data: { title: "t", workspace, nonce: "n" } });
  const path = (name: string) => join(workspace, name);
  /** A file as a tainted call wrote it. */
  const written = (name: string, text: string, taints: string[] = [WEB]) => {
    writeFileSync(path(name), text);
    const bytes = Buffer.from(text);
    const after = { sha256: sha256Of(bytes), bytes: bytes.length };
    record({ kind: "state.changed", session: "s1", data: { store: "file", key: path(name), taints, after } });
  };
  const started = (callId: string, more: Partial<EntryData<"tool.started">> = {}) =>
    record({ kind: "tool.started", session: "s1", turn: "t", data: { callId, attempt: 1, timeLimitMs: 1, ...more } });
  const finished = (callId: string, more: Partial<EntryData<"tool.finished">> = {}) => {
    const data = { callId, attempt: 1, name: "n", outcome: "ok" as const, durationMs: 1, text: "x" };
    return record({
      kind: "tool.finished",
      session: "s1",
      turn: "t",
      data: { ...data, isSideEffectPossible: true, ...more },
    });
  };
  const taints = createFileTaints(store.taints);
  const content = (...names: string[]) => taints.of(names.map(path), "content");
  const names = (...all: string[]) => taints.of(all.map(path), "names");
  return { store, workspace, path, record, written, started, finished, content, names };
}

function temporaryHome(): string {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  return home;
}

/** Resolves when the clock of the file system has moved on by more than the time for which it may stand still. */
async function later(): Promise<void> {
  const probe = join(temporaryHome(), "probe");
  const until = Date.now() + 30;
  do {
    await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(probe, "x");
  } while (statSync(probe).ctimeMs < until);
}

test("a content is known wherever it is, a short one only where it was written, an empty one nowhere", async () => {
  const { path, written, content, names } = world();
  written("long.md", LONG);
  written("short.md", "{}");
  written("empty.md", "");
  mkdirSync(path("sub"));
  writeFileSync(path("other.md"), "{}");
  expect(await content("long.md")).toEqual([WEB]);
  expect(await names("long.md")).toEqual([]);
  expect(await content("short.md")).toEqual([WEB]);
  expect(await content("other.md", "empty.md", "missing.md", "sub")).toEqual([]);
  expect(await content("")).toEqual([WEB]);
  renameSync(path("long.md"), path("sub/renamed.md"));
  expect(await content("sub/renamed.md")).toEqual([WEB]);
  writeFileSync(path("sub/renamed.md"), LONG.toUpperCase());
  expect(await content("sub/renamed.md")).toEqual([]);
});

test("what a command could write while it ran carries its sources, whatever it says about the time", async () => {
  const { path, started, finished, content, names } = world();
  writeFileSync(path("before.txt"), "x");
  await later();
  started("c1", { taints: [WEB], isUnwatched: true });
  writeFileSync(path("during.txt"), "x");
  utimesSync(path("during.txt"), 1, 1);
  finished("c1");
  await later();
  writeFileSync(path("after.txt"), "x");
  expect(await content("before.txt", "after.txt")).toEqual([]);
  expect(await content("during.txt")).toEqual([WEB]);
  expect(await names("during.txt")).toEqual([WEB]);
  await later();
  writeFileSync(path("during.txt"), "by the person");
  expect(await content("during.txt")).toEqual([]);
});

test("a crash ends what a command could write where it is asked about; a watched call opens no such time", async () => {
  const { path, record, started, content, store } = world();
  started("watched", { taints: [WEB] });
  writeFileSync(path("a.txt"), "x");
  expect(await content("a.txt")).toEqual([]);
  expect(store.taints.ofCall("watched")).toEqual([WEB]);
  started("c1", { taints: [WEB], isUnwatched: true });
  writeFileSync(path("b.txt"), "x");
  expect(await content("b.txt")).toEqual([WEB]);
  await later();
  const card = { cardId: "c1#1", type: "recovery" as const, callId: "c1" };
  record({ kind: "card.opened", session: "s1", turn: "t", data: card });
  await later();
  writeFileSync(path("c.txt"), "x");
  expect(await content("c.txt")).toEqual([]);
  await later();
  started("c1", { taints: [WEB], isUnwatched: true, attempt: 2 });
  writeFileSync(path("again.txt"), "x");
  expect(await content("again.txt")).toEqual([WEB]);
  expect(await content("c.txt")).toEqual([]);
  expect(await content("b.txt")).toEqual([WEB]);
});

test("a session carries a source from the entry that brought it until it is cleared; a fork what was there by then", () => {
  const { store, record, finished } = world();
  const [first] = finished("c1", { taints: [WEB], blob: "blob1" });
  finished("c2", { taints: [WEB, "mcp x"] });
  const [cleared] = record({ kind: "session.cleared", session: "s1", data: { by: "p" } });
  finished("c3", { taints: ["clipboard"] });
  const at = first?.seq ?? 0;
  record({ kind: "session.forked", session: "s2", data: { from: "s1", at } });
  const { taints } = store;
  expect(taints.at("s1", at - 1)).toEqual([]);
  expect(taints.at("s1", at)).toEqual([WEB]);
  expect(taints.at("s1", (cleared?.seq ?? 0) - 1)).toEqual([WEB, "mcp x"]);
  expect(taints.at("s1", cleared?.seq ?? 0)).toEqual([]);
  expect(taints.ofSession("s1")).toEqual(["clipboard"]);
  expect(taints.everOf("s1")).toEqual(["clipboard", "mcp x", WEB]);
  expect(taints.ofSession("s2")).toEqual([WEB]);
  expect(taints.areElsewhere("s1")).toBe(true);
  expect(taints.ofBlob("blob1")).toEqual([WEB]);
});

test("sessions of an older trace carry what their facts had named", () => {
  const path = join(temporaryHome(), "loopd.db");
  const version = MIGRATIONS.findIndex((step) => step.includes("CREATE TABLE session_taints"));
  const old = openDatabase(path, MIGRATIONS.slice(0, version));
  const data = JSON.stringify({ callId: "c", facts: { source: WEB, hash: "h" } });
  old
    .prepare("INSERT INTO entries (id, session, turn, kind, at, boot, mono, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    .run("e", "s1", "t", "tool.decided", "2026-11-21T00:00:00.000Z", "b", 1, data);
  old.close();
  const store: Store = openStore(path, createStamp("boot"));
  expect(store.taints.ofSession("s1")).toEqual([WEB]);
  store.close();
  const checked = new Database(path, { readonly: true });
  expect(checked.pragma("integrity_check", { simple: true })).toBe("ok");
  checked.close();
});
