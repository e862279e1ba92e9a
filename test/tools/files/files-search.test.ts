import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ripgrepPath } from "../../../src/tools/files/ripgrep.ts";
import { world } from "../world.ts";

test("ripgrep is there, from the package or from the PATH", async () => {
  const path = await ripgrepPath(process.env);
  expect(path).toMatch(/\/rg$/);
  expect(execFileSync(path ?? "", ["--version"], { encoding: "utf8" })).toContain("ripgrep");
});

test("matches come as path:line: text, in order, with a count", async () => {
  const here = await world();
  await here.file("b.txt", "nothing\nTODO two\n");
  await here.file("a/c:1:x.txt", "todo one\r\n");
  await here.file("-e.txt", "Todo dash\n");
  const { text, kind } = await here.call("files_search", { pattern: "todo" });
  expect(kind).toBe("ok");
  expect(text.split("\n")).toEqual([
    "-e.txt:1: Todo dash",
    "a/c:1:x.txt:1: todo one",
    "b.txt:2: TODO two",
    "3 matches in 3 files",
  ]);
  expect((await here.call("files_search", { pattern: "TODO" })).text).toBe("b.txt:2: TODO two\n1 matches in 1 files");
  expect((await here.call("files_search", { pattern: "todo", caseSensitive: true })).text).toContain("1 matches");
  expect((await here.call("files_search", { pattern: "absent" })).text).toBe("0 matches in 0 files");
  expect((await here.call("files_search", { pattern: "todo", path: "b.txt" })).text).toContain("b.txt:2: TODO two");
  expect((await here.call("files_search", { pattern: "todo", glob: "a/**" })).text).toContain("1 matches in 1 files");
});

test("arguments that look like options are text", async () => {
  const here = await world();
  await here.file("--files", "--help here\n");
  expect((await here.call("files_search", { pattern: "--help" })).text).toContain("--files:1: --help here");
  expect((await here.call("files_search", { pattern: "here", path: "--files" })).text).toContain("1 matches");
  expect((await here.call("files_search", { pattern: "here", glob: "--pre=id" })).text).toContain("0 matches");
});

test("an invalid expression is explained; as literal text it is found", async () => {
  const here = await world();
  await here.file("a.txt", "call foo(\n");
  const refused = await here.call("files_search", { pattern: "foo(" });
  expect(refused.kind).toBe("error");
  expect(refused.text).toMatch(
    /^ERROR: The pattern is no valid regular expression[\s\S]*unclosed group[\s\S]*isLiteral/,
  );
  expect((await here.call("files_search", { pattern: "foo(", isLiteral: true })).text).toContain("a.txt:1: call foo(");
});

test("the limit ends the search early and says so; long lines are clipped", async () => {
  const here = await world();
  await here.file("a.txt", "match\n".repeat(200_000));
  const many = await here.call("files_search", { pattern: "match", limit: 3 });
  expect(many.text.split("\n")).toEqual([
    ...["a.txt:1: match", "a.txt:2: match", "a.txt:3: match"],
    "3 matches in 1 files [there are more; showing the first 3]",
  ]);
  await here.file("long.txt", `match ${"x".repeat(5_000_000)}\n`);
  expect((await here.call("files_search", { pattern: "match x" })).text.length).toBeLessThan(500);
});

test("context lines stand around a match", async () => {
  const here = await world();
  await here.file("a.txt", "1\n2\nhit\n4\n5\n6\nhit\n8\n");
  const { text } = await here.call("files_search", { pattern: "hit", context: 1 });
  expect(text.split("\n")).toEqual([
    ...["a.txt-2- 2", "a.txt:3: hit", "a.txt-4- 4", "--", "a.txt-6- 6", "a.txt:7: hit", "a.txt-8- 8"],
    "2 matches in 1 files",
  ]);
});

test("ignored, hidden, binary and protected files are left out, and a configuration file has no say", async () => {
  const here = await world({ protectedPaths: [".ssh", "Keys[1]"] });
  const home = here.place.home;
  for (const folder of [".ssh", "Keys[1]", "open", ".git"]) {
    await mkdir(join(home, folder));
    await writeFile(join(home, folder, "a.txt"), "needle\n");
  }
  await writeFile(join(home, ".gitignore"), "ignored.txt\n");
  await writeFile(join(home, "ignored.txt"), "needle\n");
  await writeFile(join(home, "binary.dat"), "\0needle\n");
  await writeFile(join(home, "latin.txt"), Buffer.from("caf\xe9 needle\n", "latin1"));
  await writeFile(join(home, "two\nlines.txt"), "needle\n");
  await writeFile(join(home, "rc"), "--hidden\n--no-ignore\n");
  here.place.environment = { ...process.env, RIPGREP_CONFIG_PATH: join(home, "rc"), HOME: home };
  const { text } = await here.call("files_search", { pattern: "needle", path: "~" });
  expect(text.split("\n")).toEqual(["latin.txt:1: caf\uFFFD needle", "open/a.txt:1: needle", "2 matches in 2 files"]);
  const wide = await here.call("files_search", { pattern: "needle", path: "~", glob: "**/*.txt" });
  expect(wide.text).not.toMatch(/ssh|Keys/);
  const direct = await here.call("files_search", { pattern: "needle", path: "~/binary.dat" });
  expect(direct.text).toMatch(/is binary and matches|0 matches/);
});

test("what cannot be searched is said", async () => {
  const here = await world();
  execFileSync("/bin/sh", ["-c", "mkfifo pipe"], { cwd: here.place.workspace });
  expect((await here.call("files_search", { pattern: "x", path: "pipe" })).text).toMatch(
    /^ERROR: .*neither a file nor a folder/,
  );
  expect((await here.call("files_search", { pattern: "x", path: "gone" })).text).toMatch(/^ERROR: There is no /);
  expect((await here.call("files_search", { pattern: "x" })).text).toBe("0 matches in 0 files");
});
