import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { recorded } from "./with-history.ts";

test("a new file is made with its folders, exactly as given", async () => {
  const { here, call, store, session } = await recorded();
  await chmod(here.place.workspace, 0o755);
  const text = "one\r\ntwo\n\0ü😀";
  const input = { path: "new/deep/a.txt", text };
  expect(await here.facts("files_write", input)).toMatchObject({
    before: "absent",
    preview: expect.stringMatching(/^--- \/dev\/null\n\+\+\+ new\/deep\/a\.txt\n@@ -0,0 \+1,3 @@\n\+one\n\+two\n/),
  });
  const path = here.path("new/deep/a.txt");
  const outcome = await call("files_write", input);
  expect(outcome).toMatchObject({ kind: "ok", text: `Wrote the new file ${path}: 3 lines, 16 bytes.` });
  expect(await readFile(path, "utf8")).toBe(text);
  expect(store.files.changes(session)).toMatchObject([{ key: path }]);
  expect(store.files.changes(session)[0]?.before).toBeUndefined();
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  expect((await stat(here.path("new/deep"))).mode & 0o777).toBe(0o755);
});

test("a new file is no more open than its folder, whatever the helper's umask", async () => {
  const { here, call } = await recorded();
  const umask = process.umask(0o077);
  onTestFinished(() => void process.umask(umask));
  for (const [folder, mode, expected] of [
    ["open", 0o775, 0o644],
    ["closed", 0o700, 0o600],
    ["odd", 0o750, 0o640],
  ] as const) {
    await mkdir(here.path(folder));
    await chmod(here.path(folder), mode);
    await call("files_write", { path: `${folder}/a`, text: "x" });
    expect((await stat(here.path(folder, "a"))).mode & 0o777).toBe(expected);
  }
});

test("an existing file must have been read, as it is now, before it is replaced", async () => {
  const { here, call } = await recorded();
  const path = await here.file("a.txt", "mine\n");
  await chmod(path, 0o700);
  const input = { path: "a.txt", text: "yours\n" };
  expect((await call("files_write", input)).text).toMatch(
    /^ERROR: .*a\.txt exists, and you have not read it\. Nothing was/,
  );
  await call("files_read", { path: "a.txt" });
  await writeFile(path, "mine again\n");
  expect((await call("files_write", input)).text).toMatch(/has changed since you read it/);
  expect(await readFile(path, "utf8")).toBe("mine again\n");
  await call("files_read", { path: "a.txt" });
  expect((await here.facts("files_write", input)).preview).toContain("-mine again\n+yours");
  expect((await call("files_write", input)).text).toBe(`Replaced ${path}: 1 lines, 6 bytes.`);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect(await readFile(path, "utf8")).toBe("yours\n");
  expect((await call("files_write", { path: "a.txt", text: "third\n" })).kind).toBe("ok");
  expect((await call("files_write", { path: "a.txt", text: "third\n" })).text).toMatch(/holds exactly this already/);
});

test("what a diff does not show is said: line ends, a byte order mark, bytes that are no text", async () => {
  const { here, call } = await recorded();
  await here.file("crlf.txt", "\uFEFFa\r\nb\r\n");
  await call("files_read", { path: "crlf.txt" });
  const input = { path: "crlf.txt", text: "a\nb\nc\n" };
  const { preview } = await here.facts("files_write", input);
  expect(preview).toMatch(
    /^The byte order mark at its start is kept\.\nIts lines ended with CRLF; now they end with LF\.\n---/,
  );
  expect((await call("files_write", input)).text).toContain("now they end with LF");
  expect(await readFile(here.path("crlf.txt"), "utf8")).toBe("\uFEFFa\nb\nc\n");
  await here.file("a.png", Buffer.from("89504e470d0a1a0a0000", "hex"));
  await call("files_read", { path: "a.png", encoding: "latin1" });
  expect((await here.facts("files_write", { path: "a.png", text: "x" })).preview).toMatch(
    /^It replaces 10 bytes that are no/,
  );
});

test("places where nothing can be written are said, and leave nothing behind", async () => {
  const { here, call } = await recorded();
  await here.file("file", "x");
  for (const [path, words] of [
    ["file/below.txt", /A part of .*file\/below\.txt is a file, not a folder/],
    [`made/${"n".repeat(300)}`, /is too long for the file system/],
    [`made/${"n".repeat(300)}/deep/a`, /is too long for the file system/],
    ["/proc/loopd-test/x", /cannot|could not|may not/],
  ] as const) {
    const outcome = await call("files_write", { path, text: "x" });
    expect(outcome.kind).toBe("error");
    expect(outcome.text).toMatch(words);
  }
  expect(await readdir(here.place.workspace)).toEqual(["file"]);
});

test("a name of 255 bytes is fine", async () => {
  const { here, call } = await recorded();
  const path = "n".repeat(255);
  expect((await call("files_write", { path, text: "x" })).kind).toBe("ok");
  expect(await readdir(here.place.workspace)).toEqual([path]);
});

test("a file that appears just before the write is not overwritten", async () => {
  const { here, call } = await recorded();
  const path = here.path("a.txt");
  const outcome = await call(
    "files_write",
    { path: "a.txt", text: "x" },
    { afterRecord: () => writeFile(path, "theirs") },
  );
  expect(outcome.text).toMatch(/was changed by another program just now/);
  expect(await readFile(path, "utf8")).toBe("theirs");
  expect(await readdir(here.place.workspace)).toEqual(["a.txt"]);
});

test("twenty calls at once make one file each, and one of those for the same file wins whole", async () => {
  const { here, call } = await recorded();
  const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(100_000));
  const outcomes = await Promise.all(
    texts.flatMap((text, index) => [
      call("files_write", { path: `own-${index}`, text }),
      call("files_write", { path: "shared", text }),
    ]),
  );
  expect(outcomes.filter(({ kind }) => kind === "ok")).toHaveLength(21);
  expect(texts).toContain(await readFile(here.path("shared"), "utf8"));
  expect(await readdir(here.place.workspace)).toHaveLength(21);
});

test("a full disk and a read-only one change nothing and leave nothing behind", async () => {
  const { here, call } = await recorded();
  const disk = here.path("disk");
  await mkdir(disk);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", disk]).status !== 0) {
    if (process.env["LOOPD_CI"] === "1") throw new Error("CI must be able to mount a tmpfs.");
    return console.warn("skipped: this machine does not allow mounting a tmpfs");
  }
  onTestFinished(() => void spawnSync("umount", ["-l", disk]));
  await writeFile(join(disk, "a.txt"), "before\n");
  await call("files_read", { path: "disk/a.txt" });
  const full = await call("files_write", { path: "disk/a.txt", text: "x".repeat(100_000) });
  expect(full.text).toMatch(/^ERROR: There is no room left on the disk for .*a\.txt \(ENOSPC\)\. Free some space/);
  const nested = await call("files_write", { path: "disk/sub/b.txt", text: "x".repeat(100_000) });
  expect(nested.text).toMatch(/no room left/);
  expect(await readdir(disk)).toEqual(["a.txt"]);
  expect(await readFile(join(disk, "a.txt"), "utf8")).toBe("before\n");
  spawnSync("mount", ["-o", "remount,ro", disk]);
  const edit = { path: "disk/a.txt", edits: [{ old: "before", new: "after" }] };
  expect((await call("files_edit", edit)).text).toMatch(/is read-only|can only be read/);
  expect((await call("files_write", { path: "disk/c.txt", text: "x" })).text).toMatch(/can only be read/);
  expect(await realpath(disk)).toBe(disk);
  expect(await readdir(disk)).toEqual(["a.txt"]);
});

test.skipIf(process.getuid?.() === 0)("a read-only file or folder is left alone", async () => {
  const { here, call } = await recorded();
  const path = await here.file("closed/a.txt", "x\n");
  await chmod(path, 0o444);
  const edit = { path: "closed/a.txt", edits: [{ old: "x", new: "y" }] };
  expect((await call("files_edit", edit)).text).toMatch(/is read-only/);
  await chmod(path, 0o644);
  await chmod(here.path("closed"), 0o555);
  onTestFinished(() => chmod(here.path("closed"), 0o755));
  expect((await call("files_edit", edit)).text).toMatch(/may not be changed by this user/);
  expect(await readFile(path, "utf8")).toBe("x\n");
});
