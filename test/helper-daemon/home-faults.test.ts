import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { socketPathOf } from "../../src/protocol/connect.ts";
import { connectTo, removeFolder, startHelper, temporaryFolder, type TestHelper } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});
const newHome = () => {
  const home = temporaryFolder("home");
  cleanUp.push(() => removeFolder(home));
  return home;
};
const start = async (home: string): Promise<TestHelper> => {
  const helper = await startHelper(home);
  cleanUp.push(() => helper.kill());
  return helper;
};

test("a second helper on the same home leaves at once with 0, and the first goes on", async () => {
  const first = await start(newHome());
  const second = await startHelper(first.home);
  expect(second.pid).toBe(0);
  expect(await second.exited).toBe(0);
  expect((await (await first.connect()).request("helper.status", {})).pid).toBe(first.pid);
});

test("of several helpers started at once exactly one serves, with the token that is on the disk", async () => {
  const home = newHome();
  const all = await Promise.all(Array.from({ length: 5 }, () => startHelper(home)));
  cleanUp.push(...all.map((helper) => () => helper.kill()));
  expect(all.filter((helper) => helper.pid !== 0)).toHaveLength(1);
  const face = await connectTo(home);
  expect((await face.request("helper.status", {})).pid).toBe(all.find((helper) => helper.pid !== 0)?.pid);
});

test("a socket that a killed helper left behind is replaced; a file of another kind is not touched", async () => {
  const home = newHome();
  const first = await start(home);
  await first.kill();
  expect(existsSync(socketPathOf(home))).toBe(true);
  const second = await start(home);
  await second.stop();
  writeFileSync(socketPathOf(home), "mine");
  await expect(startHelper(home)).rejects.toMatchObject({ code: "home-unusable" });
  expect(readFileSync(socketPathOf(home), "utf8")).toBe("mine");
});

test("a socket that another program serves is not taken over", async () => {
  const home = newHome();
  mkdirSync(join(home, "run"), { recursive: true });
  const other = createServer();
  await new Promise<void>((done) => other.listen(socketPathOf(home), done));
  cleanUp.push(() => other.close());
  await expect(startHelper(home)).rejects.toMatchObject({
    code: "home-unusable",
    message: expect.stringContaining("another program"),
  });
});

test("a home whose socket path is too long is refused with its length and what to do", async () => {
  const home = join(newHome(), "x".repeat(100));
  await expect(startHelper(home)).rejects.toMatchObject({
    code: "home-path-too-long",
    message: expect.stringContaining("LOOPD_HOME"),
  });
});

test("a home that cannot be written is refused with what to do", async () => {
  const home = newHome();
  if (process.getuid?.() === 0) {
    // Permissions do not stop root; a read-only file system does.
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", home]).status !== 0)
      return missing("mounting a tmpfs");
    cleanUp.push(() => spawnSync("umount", [home]));
  } else {
    chmodSync(home, 0o500);
    cleanUp.push(() => chmodSync(home, 0o700));
  }
  await expect(startHelper(home)).rejects.toMatchObject({
    code: "home-unusable",
    message: expect.stringContaining("LOOPD_HOME"),
  });
});

test("a damaged database is refused, copied aside and never overwritten", async () => {
  const home = newHome();
  const garbage = Buffer.alloc(8192, 0x5a);
  writeFileSync(join(home, "loopd.db"), garbage);
  for (const attempt of ["first", "second"]) {
    await expect(startHelper(home), attempt).rejects.toMatchObject({
      code: "store-corrupt",
      message: expect.stringContaining("kept a copy"),
    });
  }
  expect(readFileSync(join(home, "loopd.db"))).toEqual(garbage);
  const copies = readdirSync(home).filter((name) => name.startsWith("loopd.db.damaged-"));
  expect(copies).toHaveLength(1);
  expect(readFileSync(join(home, copies[0] ?? ""))).toEqual(garbage);
});

test("a database with a damaged page is refused, not served", async () => {
  const home = newHome();
  const first = await start(home);
  await first.stop();
  const bytes = readFileSync(join(home, "loopd.db"));
  bytes.fill(0xff, 4096, 12_288);
  writeFileSync(join(home, "loopd.db"), bytes);
  await expect(startHelper(home)).rejects.toMatchObject({ code: "store-corrupt" });
  expect(readFileSync(join(home, "loopd.db"))).toEqual(bytes);
});

test("a database of a newer loopd is refused by its version and not changed", async () => {
  const home = newHome();
  const database = new Database(join(home, "loopd.db"));
  database.pragma("user_version = 99");
  database.close();
  await expect(startHelper(home)).rejects.toMatchObject({
    code: "store-newer",
    message: expect.stringContaining("schema 99"),
  });
});

test("broken configuration is refused with the file, the key and what was expected", async () => {
  const home = newHome();
  writeFileSync(join(home, "config.json"), '{"limits": {"maxSteps": "many"}}');
  await expect(startHelper(home)).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("limits.maxSteps"),
  });
});

test("a full disk stalls the turn and says so; with room again it goes on, and nothing is lost or repeated", async () => {
  const home = newHome();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", home]).status !== 0)
    return missing("mounting a tmpfs");
  cleanUp.push(() => spawnSync("umount", ["-l", home]));
  const command = "while [ ! -e go ]; do sleep 0.05; done; echo once >> ran.txt";
  const { helper, face, workspace } = await journey(script().calls("shell_run", { command }).says("done"), { home });
  let heard: (code: string) => void = () => {};
  const stalled = new Promise<string>((done) => (heard = done));
  const other = await helper.connect((name, value) => {
    if (name === "turn.stalled") heard((value as { code: string }).code);
  });
  await other.request("entries.follow", { after: 0 });
  await face.submit({ input: "run", workspace });
  const card = await face.untilKind("card.opened");
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  await face.untilKind("tool.spawned");

  // No room is left when the command ends: its outcome cannot be recorded, and must not be forgotten either.
  spawnSync("dd", ["if=/dev/zero", `of=${join(home, "filler")}`, "bs=4k"]);
  writeFileSync(join(workspace, "go"), "");
  expect(await stalled).toBe("store-full");
  await expect(face.submit({ input: "one more", workspace })).rejects.toMatchObject({
    code: "store-full",
    message: expect.stringContaining("free some space"),
  });
  removeFolder(join(home, "filler"));
  expect((await face.untilKind("turn.finished")).data).toEqual({ finish: "done", text: "done" });
  expect(face.entries.filter((entry) => entry.kind === "turn.started")).toHaveLength(1);
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("once\n");
});

/** Says what a test would need. On a user's machine that is a skip, in CI a failure. */
function missing(what: string): void {
  if (process.env.LOOPD_CI === "1") throw new Error(`CI must be able to do this: ${what}`);
  console.warn(`skipped: this machine does not allow ${what}`);
}
