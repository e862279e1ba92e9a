import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isProtected } from "../../../src/tools/protected-paths.ts";
import { world } from "../world.ts";

const isRoot = process.getuid?.() === 0;

test("a folder's direct contents with true sizes", async () => {
  const here = await world();
  await here.file("b.txt", "12345");
  await here.file("a/deep.txt", "123");
  await here.file(".hidden", "");
  await symlink("b.txt", here.path("link"));
  const { kind, text } = await here.call("files_list", {});
  expect(kind).toBe("ok");
  expect(text.split("\n")).toEqual([
    "3 files, 1 folders, 10 bytes under .",
    "0\t.hidden",
    "-\ta/",
    "5\tb.txt",
    "5\tlink -> b.txt",
  ]);
});

test("largest, newest, matching and excluded files of a whole tree", async () => {
  const here = await world();
  await here.file("small.ts", "1");
  await here.file("src/big.ts", "1".repeat(300));
  await here.file("src/middle.js", "1".repeat(200));
  await here.file("node_modules/x/huge.js", "1".repeat(9000));
  await utimes(here.path("small.ts"), 2_000_000_000, 2_000_000_000);
  const lines = async (input: Record<string, string | number | boolean | string[]>) =>
    (await here.call("files_list", { recursive: true, ...input })).text.split("\n");

  expect(await lines({ sort: "size", limit: 2 })).toEqual([
    "4 files, 3 folders, 9501 bytes under .",
    "[showing 2 of 4]",
    "9000\tnode_modules/x/huge.js",
    "300\tsrc/big.ts",
  ]);
  expect(await lines({ sort: "size", exclude: ["node_modules"] })).toEqual([
    "3 files, 1 folders, 501 bytes under .",
    "[1 left out by exclude]",
    "300\tsrc/big.ts",
    "200\tsrc/middle.js",
    "1\tsmall.ts",
  ]);
  expect((await lines({ sort: "modified" }))[1]).toBe("1\tsmall.ts");
  expect(await lines({ pattern: "*.ts" })).toEqual([
    "2 files, 0 folders, 301 bytes under .",
    "1\tsmall.ts",
    "300\tsrc/big.ts",
  ]);
  expect(await lines({ pattern: "src/*.{ts,js}", exclude: ["**/middle*"] })).toEqual([
    "1 files, 0 folders, 300 bytes under .",
    "[1 left out by exclude]",
    "300\tsrc/big.ts",
  ]);
  expect((await lines({ path: "src/" }))[0]).toBe("2 files, 0 folders, 500 bytes under src/");
});

test("links are never followed: not out of the folder, and not round in circles", async () => {
  const here = await world();
  await here.file("in/a.txt", "1");
  await symlink("..", here.path("in/up"));
  await symlink(here.place.home, here.path("in/home"));
  await writeFile(join(here.place.home, "private.txt"), "1");
  const { text } = await here.call("files_list", { path: "in", recursive: true });
  expect(text).toContain("3 files, 0 folders");
  expect(text).toContain("up -> ..");
  expect(text).not.toContain("private.txt");
});

test("protected folders below are left out, and said so", async () => {
  const here = await world();
  await mkdir(join(here.place.home, ".ssh"));
  await writeFile(join(here.place.home, ".ssh/id"), "key");
  await writeFile(join(here.place.home, "a.txt"), "a");
  const outcome = await here.call("files_list", { path: "~", recursive: true });
  expect(outcome.text.split("\n")).toEqual([
    "1 files, 0 folders, 1 bytes under ~",
    "[1 protected left out]",
    "1\ta.txt",
  ]);
  expect(isProtected(join(here.place.home, ".ssh/id"), here.place.protectedPaths)).toBe(true);
});

test("names that would break lines or deceive are written visibly", async () => {
  const here = await world();
  await here.file("two\nlines\u202egpj.exe", "1");
  const { text } = await here.call("files_list", {});
  expect(text.split("\n")).toHaveLength(2);
  expect(text).toContain("1\ttwo\\nlines\\u{202e}gpj.exe");
});

test("what is missing or no folder is said, with near names", async () => {
  const here = await world();
  await here.file("documents/a.txt", "1");
  expect((await here.call("files_list", { path: "document" })).text).toMatch(
    /^ERROR: There is no .*Did you mean .*\/documents\?/,
  );
  expect((await here.call("files_list", { path: "documents/a.txt" })).text).toMatch(/is no folder.*files_read/);
  expect((await here.call("files_list", { path: "documents/a.txt/x" })).text).toMatch(/^ERROR: .*is no folder/);
  expect((await here.call("files_list", { path: "a".repeat(4000) })).kind).toBe("error");
});

test.skipIf(isRoot)("folders that may not be read are counted", async () => {
  const here = await world();
  await here.file("open/a.txt", "1");
  await here.file("closed/b.txt", "1");
  await chmod(here.path("closed"), 0);
  expect((await here.call("files_list", { recursive: true })).text).toContain("[1 could not be read]");
  expect((await here.call("files_list", { path: "closed" })).text).toMatch(/may not be read by this user/);
  await chmod(here.path("closed"), 0o700);
});

test("a tree of tens of thousands of files is counted whole, and only the best are kept", async () => {
  const here = await world();
  execFileSync(
    "/bin/sh",
    ["-c", 'for d in $(seq 60); do mkdir "d$d"; (cd "d$d"; seq 500 | xargs touch); done; echo 1 > d7/big'],
    {
      cwd: here.place.workspace,
    },
  );
  const { text } = await here.call("files_list", { recursive: true, sort: "size", limit: 1 });
  expect(text).toBe("30001 files, 60 folders, 2 bytes under .\n[showing 1 of 30,001]\n2\td7/big");
  const stop = new AbortController();
  const stopped = here.call(
    "files_list",
    { recursive: true },
    { signal: stop.signal, meanwhile: async () => void setImmediate(() => stop.abort()) },
  );
  expect((await stopped).text).toMatch(/^ERROR: /);
});
