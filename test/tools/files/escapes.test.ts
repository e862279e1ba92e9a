import { link, mkdir, open, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Json } from "../../../src/protocol/values.ts";
import { isProtected } from "../../../src/tools/protected-paths.ts";
import { recorded } from "./with-history.ts";

/** Every file tool with a path, in the way that would do most harm. */
const ways = (path: string): [string, Json][] => [
  ["files_read", { path }],
  ["files_list", { path }],
  ["files_search", { pattern: "key", path }],
  ["files_write", { path, text: "mine" }],
  ["files_edit", { path, edits: [{ old: "key", new: "mine" }] }],
];

/** A world with a secret in a protected folder. */
async function withSecret() {
  const all = await recorded();
  const { home } = all.here.place;
  const secret = join(home, ".ssh/id");
  await mkdir(join(home, ".ssh"));
  await writeFile(secret, "key");
  const expectClosed = async (path: string) => {
    for (const [name, input] of ways(path)) {
      expect((await all.here.facts(name, input)).isProtected, `${name} ${path}`).toBe(true);
      const outcome = await all.call(name, input);
      expect(outcome.text, `${name} ${path}`).toBe("ERROR: This place is protected: no tool may touch it.");
    }
    expect(await readFile(secret, "utf8")).toBe("key");
  };
  return { ...all, home, secret, expectClosed };
}

test("dots, links, links to links and links to nothing are judged by where they lead", async () => {
  const { here, home, expectClosed } = await withSecret();
  await symlink(join(home, ".ssh/id"), here.path("a.txt"));
  await symlink("a.txt", here.path("b.txt"));
  await symlink(join(home, ".ssh"), here.path("folder"));
  await symlink("../home/.ssh/new", here.path("dangling"));
  await mkdir(here.path("deep"));
  await symlink("../..", here.path("deep/up"));
  const paths = ["../home/.ssh/id", "~/.ssh/id", "a.txt", "b.txt", "folder/id", "folder/../folder/id", "dangling"];
  for (const path of [...paths, "./x/../../home//.ssh/./id", "deep/up/home/.ssh/id"]) await expectClosed(path);
  // As text this is the working folder's own .ssh; the system would follow the link first. Both are closed or harmless.
  const facts = await here.facts("files_write", { path: "folder/../id", text: "x" });
  expect(facts.paths).toEqual([here.path("id")]);
});

test("a hard link to a protected file is closed to every tool, also when a search walks over it", async () => {
  const { here, call, secret, home, expectClosed } = await withSecret();
  await link(secret, here.path("innocent.txt"));
  await expectClosed("innocent.txt");
  await here.file("open.txt", "no key here");
  const found = await call("files_search", { pattern: "key" });
  expect(found.text).toContain("open.txt");
  expect(found.text).not.toContain("innocent");
  await mkdir(join(home, ".ssh/deep/er"), { recursive: true });
  await writeFile(join(home, ".ssh/deep/er/k"), "key 2");
  await link(join(home, ".ssh/deep/er/k"), here.path("second.txt"));
  await expectClosed("second.txt");
  // A file with two names that have nothing to do with it stays open.
  await link(here.path("open.txt"), here.path("twin.txt"));
  expect((await call("files_read", { path: "twin.txt" })).text).toBe("no key here");
});

test("case and Unicode spelling open nothing", async () => {
  const { home, expectClosed, here } = await withSecret();
  for (const path of ["~/.SSH/id", "~/.Ssh/ID", `${home}/.\u017fsh/id`, `${home}/.s\u017fh/new`])
    await expectClosed(path);
  const closed = [join(home, "Geh\u00e4im")];
  expect(isProtected(join(home, "GEHA\u0308IM/x"), closed)).toBe(true);
  expect((await here.facts("files_read", { path: "~/.ssh\u200b/id" })).isProtected).toBe(false);
});

test.skipIf(process.platform !== "linux")("a process's own view of the file system opens nothing", async () => {
  const { here, secret, home, expectClosed } = await withSecret();
  const handle = await open(secret);
  const folder = await open(join(home, ".ssh"));
  try {
    for (const path of [
      ...[`/proc/self/root${secret}`, `/proc/self/root/proc/self/root${secret}`, `/proc/thread-self/root${secret}`],
      ...[`/proc/self/fd/${handle.fd}`, `/dev/fd/${handle.fd}`, `/dev/fd/${folder.fd}/id`],
      ...[`/proc/${process.pid}/fd/${folder.fd}/id`, `/proc/self/cwd/../../../../../../../../..${secret}`],
    ]) {
      await expectClosed(path);
    }
  } finally {
    await handle.close();
    await folder.close();
  }
  for (const path of ["/proc/self/environ", "/proc/self/mem", `/proc/${process.pid}/maps`, "/proc/1/environ"]) {
    expect((await here.facts("files_read", { path })).isProtected, path).toBe(true);
  }
  expect((await here.facts("files_read", { path: "/proc/meminfo" })).isProtected).toBe(false);
});

test("what macOS calls files besides their paths is closed everywhere", () => {
  for (const path of ["/.vol/1234/5678", "/.nofollow/Users/p/.ssh/id", "/.resolve/1/x", "/dev/fd/3"]) {
    expect(isProtected(path, [])).toBe(true);
  }
  expect(isProtected("/System/Volumes/Data/Users/p/.ssh/id", ["/Users/p/.ssh"])).toBe(true);
  expect(isProtected("/System/Volumes/Data/Users/p/x", ["/Users/p/.ssh"])).toBe(false);
  expect(isProtected("/proc/cpuinfo", [])).toBe(false);
  expect(isProtected("/process/1", [])).toBe(false);
});

test("the facts of a protected file tell nothing of its content", async () => {
  const { here } = await withSecret();
  for (const [name, input] of ways("~/.ssh/id")) {
    const { source, ...facts } = await here.facts(name, input);
    expect(Object.keys(facts).sort()).toEqual(["hash", "inWorkspace", "isProtected", "paths"]);
    expect([undefined, "files outside the workspace"]).toContain(source);
  }
});

test("outside of the working folder is told, however the path is spelled", async () => {
  const { here } = await withSecret();
  await writeFile(join(here.place.home, "plain.txt"), "x");
  await symlink(here.place.home, here.path("out"));
  for (const path of ["../home/plain.txt", "~/plain.txt", "out/plain.txt", "out/new/file.txt"]) {
    const facts = await here.facts("files_write", { path, text: "y" });
    expect([facts.inWorkspace, facts.isProtected]).toEqual([false, false]);
    expect(facts.paths?.[0]?.startsWith(here.place.home)).toBe(true);
  }
});

test("a file that is swapped for a link to a protected one after the decision is not touched", async () => {
  const { here, call, secret } = await withSecret();
  await here.file("a.txt", "key");
  const { ino } = await stat(secret);
  for (const [name, input] of ways("a.txt").filter(([name]) => name !== "files_list")) {
    const outcome = await call(name, input, {
      meanwhile: async () => {
        await rename(here.path("a.txt"), here.path("b.txt"));
        await symlink(secret, here.path("a.txt"));
      },
    });
    expect(outcome.text).toMatch(/has changed since it was decided/);
    await rename(here.path("b.txt"), here.path("a.txt"));
  }
  expect(await readFile(secret, "utf8")).toBe("key");
  expect((await stat(secret)).ino).toBe(ino);
});
