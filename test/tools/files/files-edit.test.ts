import { execFileSync } from "node:child_process";
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { expect, test } from "vitest";
import { catalogueTokens } from "./tokens.ts";
import { recorded } from "./with-history.ts";

const edit = (path: string, ...edits: [string, string][]) => ({
  path,
  edits: edits.map(([old, next]) => ({ old, new: next })),
});

test("several edits of one file are made at once, shown as a diff before, and kept for undo", async () => {
  const { here, call, store, session } = await recorded();
  const path = await here.file("src/a.txt", "one\ntwo\nthree\n");
  const input = edit("src/a.txt", ["one", "1"], ["three", "3"]);
  expect(await here.facts("files_edit", input)).toMatchObject({
    paths: [path],
    inWorkspace: true,
    isProtected: false,
    before: expect.stringMatching(/^[0-9a-f]{64}$/),
    preview: "--- src/a.txt\n+++ src/a.txt\n@@ -1,3 +1,3 @@\n-one\n+1\n two\n-three\n+3",
  });
  const outcome = await call("files_edit", input);
  expect(outcome).toMatchObject({
    kind: "ok",
    text: `Edited ${path}: 2 places, lines 1; 3.`,
    isSideEffectPossible: true,
  });
  expect(await readFile(path, "utf8")).toBe("1\ntwo\n3\n");
  const [change] = store.files.changes(session);
  expect(change).toMatchObject({ store: "file", key: path, before: { mode: expect.any(Number) } });
  const { blob } = change?.before as { blob: string };
  expect(await here.blob(blob)).toEqual(Buffer.from("one\ntwo\nthree\n"));
  expect(await readdir(here.path("src"))).toEqual(["a.txt"]);
});

test("mode, byte order mark and line ends stay", async () => {
  const { here, call } = await recorded();
  const path = await here.file("run.sh", "\uFEFFecho a\r\necho b\r\n");
  await chmod(path, 0o750);
  expect((await call("files_edit", edit("run.sh", ["echo a\necho b", "echo c\necho d"]))).kind).toBe("ok");
  expect(await readFile(path, "utf8")).toBe("\uFEFFecho c\r\necho d\r\n");
  expect((await stat(path)).mode & 0o777).toBe(0o750);
});

test("an edit that does not fit has facts, and running it tells the model why", async () => {
  const { here, call, store, session } = await recorded();
  await here.file("a.txt", "alpha\nbeta\n");
  const input = edit("a.txt", ["betta", "x"]);
  const facts = await here.facts("files_edit", input);
  expect(facts.preview).toMatch(
    /^This would change nothing: The edit: its old text is not in the file\..*line 2: "beta"/,
  );
  expect(facts.paths).toEqual([here.path("a.txt")]);
  const outcome = await call("files_edit", input);
  expect(outcome).toMatchObject({
    kind: "error",
    text: expect.stringMatching(/^ERROR: The edit: its old text is not/),
  });
  expect(store.files.changes(session)).toEqual([]);
  expect((await call("files_edit", edit("b.txt", ["a", "b"]))).text).toMatch(
    /^ERROR: There is no .*b\.txt\. Did you mean/,
  );
  await expect(call("files_edit", { path: "a.txt", edits: [{ old: "", new: "x" }] })).rejects.toThrow(
    /not an empty one/,
  );
});

test("what is no UTF-8 text is left alone", async () => {
  const { here, call } = await recorded();
  const contents = { png: Buffer.from("89504e470d0a1a0a0000", "hex"), latin: Buffer.from("a caf\xe9", "latin1") };
  for (const [name, bytes] of Object.entries(contents)) {
    await here.file(name, bytes);
    expect((await call("files_edit", edit(name, ["a", "b"]))).text).toMatch(/is no UTF-8 text/);
    expect(await readFile(here.path(name))).toEqual(bytes);
  }
});

test("a file that changed since the session saw it is refused, also when it has the same size", async () => {
  const { here, call } = await recorded();
  const path = await here.file("a.txt", "one\n");
  await call("files_read", { path: "a.txt" });
  await writeFile(path, "two\n");
  const outcome = await call("files_edit", edit("a.txt", ["two", "three"]));
  expect(outcome.text).toBe(
    `ERROR: ${path} has changed since you read it. Nothing was written. Read it again with files_read, then decide anew.`,
  );
  expect(await readFile(path, "utf8")).toBe("two\n");
  await call("files_read", { path: "a.txt" });
  expect((await call("files_edit", edit("a.txt", ["two", "three"]))).kind).toBe("ok");
  // Its own change is known to the session.
  expect((await call("files_edit", edit("a.txt", ["three", "four"]))).kind).toBe("ok");
  await rename(path, here.path("old"));
  await writeFile(path, "four\n");
  await utimes(path, await stat(here.path("old")).then(({ mtime }) => mtime), (await stat(here.path("old"))).mtime);
  expect((await call("files_edit", edit("a.txt", ["four", "five"]))).text).toMatch(/has changed since you read it/);
});

test("a change between decision and run, and between the last look and the write, writes nothing", async () => {
  const { here, call } = await recorded();
  const path = await here.file("a.txt", "one\n");
  const early = await call("files_edit", edit("a.txt", ["one", "1"]), { meanwhile: () => writeFile(path, "one!\n") });
  expect(early.text).toMatch(/has changed since it was decided/);
  const late = await call("files_edit", edit("a.txt", ["one", "1"]), { afterRecord: () => writeFile(path, "one!!\n") });
  expect(late.text).toMatch(/was changed by another program just now\. Nothing was written/);
  expect(await readFile(path, "utf8")).toBe("one!!\n");
  const stop = new AbortController();
  const stopped = await call("files_edit", edit("a.txt", ["one", "1"]), {
    signal: stop.signal,
    afterRecord: async () => stop.abort(),
  });
  expect(stopped.text).toBe("ERROR: Stopped before anything was changed.");
  expect(await readFile(path, "utf8")).toBe("one!!\n");
  expect(await readdir(here.place.workspace)).toEqual(["a.txt"]);
});

test("a folder that becomes a link just before the write is not written through", async () => {
  const { here, call } = await recorded();
  await here.file("docs/a.txt", "one\n");
  await mkdir(here.path("other"));
  await writeFile(here.path("other/a.txt"), "one\n");
  const outcome = await call("files_edit", edit("docs/a.txt", ["one", "1"]), {
    afterRecord: async () => {
      await rename(here.path("docs"), here.path("moved"));
      await symlink(here.path("other"), here.path("docs"));
    },
  });
  expect(outcome.text).toMatch(/leads elsewhere now\. Nothing was changed/);
  expect(await readFile(here.path("other/a.txt"), "utf8")).toBe("one\n");
  expect(await readdir(here.path("other"))).toEqual(["a.txt"]);
});

test("a link is edited where it leads, and stays a link; a hard link is broken, and that is said", async () => {
  const { here, call } = await recorded();
  const path = await here.file("real.txt", "one\n");
  await symlink("real.txt", here.path("link.txt"));
  expect((await call("files_edit", edit("link.txt", ["one", "two"]))).kind).toBe("ok");
  expect(await readFile(path, "utf8")).toBe("two\n");
  expect((await stat(here.path("link.txt"))).ino).toBe((await stat(path)).ino);
  await link(path, here.path("twin.txt"));
  const input = edit("real.txt", ["two", "three"]);
  expect((await here.facts("files_edit", input)).preview).toMatch(/^The file has 2 names \(hard links\)/);
  expect((await call("files_edit", input)).text).toMatch(/only this one gets the new content/);
  expect(await readFile(path, "utf8")).toBe("three\n");
  expect(await readFile(here.path("twin.txt"), "utf8")).toBe("two\n");
});

test("a file over 64 MiB is refused, since it could not be kept for undo; one below is edited", async () => {
  const { here, call, undo, end } = await recorded();
  const path = await here.file("big.txt", "");
  await truncate(path, 64 * 1024 * 1024 + 1);
  expect((await call("files_edit", edit("big.txt", ["a", "b"]))).text).toMatch(/has 67,108,865 bytes; .*up to 64 MiB/);
  const line = `${"x".repeat(1023)}\n`;
  await writeFile(path, `${line.repeat(20_000)}end\n`);
  expect((await call("files_edit", edit("big.txt", ["end", "END"]))).text).toMatch(/1 place, line 20,001/);
  end();
  expect(await undo()).toMatchObject([{ path, result: "restored" }]);
  expect((await readFile(path)).subarray(-4).toString()).toBe("end\n");
});

test("both schemas together are small", () => {
  expect(catalogueTokens("files_edit") + catalogueTokens("files_write")).toBeLessThanOrEqual(230);
});

test.skipIf(process.platform !== "linux")("pipes and devices are refused at once", async () => {
  const { here, call } = await recorded();
  execFileSync("/bin/sh", ["-c", "mkfifo pipe"], { cwd: here.place.workspace });
  for (const [path, words] of [
    ["pipe", /is a named pipe/],
    ["/dev/null", /is a device/],
    [".", /is a folder/],
  ] as const) {
    expect((await call("files_edit", edit(path, ["a", "b"]))).text).toMatch(words);
    expect((await call("files_write", { path, text: "x" })).text).toMatch(words);
  }
});
