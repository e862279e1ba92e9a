import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { createEntryLog } from "../../../helper-daemon/store/entry-log.ts";
import { MIGRATIONS } from "../../../helper-daemon/store/migrations.ts";
import { openDatabase } from "../../../helper-daemon/store/open-database.ts";
import { openStore } from "../../../helper-daemon/store/open-store.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const stamp = createStamp("boot");

test("a database of every earlier schema is backed up, brought up to date, and keeps what it holds", () => {
  const folder = temporaryFolder("migrations");
  onTestFinished(() => removeFolder(folder));
  for (let version = 1; version < MIGRATIONS.length; version += 1) {
    const path = join(folder, `v${version}.db`);
    const old = openDatabase(path, MIGRATIONS.slice(0, version));
    const log = createEntryLog(
      old,
      () => {},
      stamp,
      () => [],
    );
    const [entry] = log.append([
      { kind: "state.changed", session: "s1", data: { store: "file", key: "/a", after: { sha256: "1" } } },
    ]);
    old.close();

    const store = openStore(path, stamp);
    expect(store.log.all("s1", 0)).toEqual([entry]);
    expect(store.files.changes("s1")).toMatchObject([{ key: "/a", after: { sha256: "1" } }]);
    const saw = [{ path: "/a", fingerprint: "f" }];
    const data = { callId: "c", attempt: 1, name: "n", outcome: "ok", durationMs: 1, text: "", saw } as const;
    store.log.append([
      { kind: "tool.finished", session: "s1", turn: "t1", data: { ...data, saw, isSideEffectPossible: false } },
    ]);
    expect(store.files.seen("s1", "/a")).toBe("f");
    expect(store.files.seen("s2", "/a")).toBeUndefined();
    store.close();

    const backup = `${path}.before-v${MIGRATIONS.length}`;
    expect(existsSync(backup)).toBe(true);
    const kept = new Database(backup, { readonly: true });
    expect(kept.pragma("user_version", { simple: true })).toBe(version);
    kept.close();
  }
  expect(MIGRATIONS.length).toBeGreaterThan(1);
});
