import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isInside, isProtected, protectedPathsOf } from "../../../src/tools/protected-paths.ts";
import { world } from "../world.ts";

test("a path is judged by where it really leads", async () => {
  const here = await world();
  const { home, workspace } = here.place;
  await here.file("src/a.txt", "a");
  await mkdir(join(home, ".ssh"));
  await writeFile(join(home, ".ssh/id"), "key");
  await symlink(home, here.path("home"));
  await symlink("../../home/.ssh/id", here.path("src/innocent.txt"));
  await symlink(workspace, join(home, "back"));
  await symlink(join(home, "missing/deep"), here.path("dangling"));
  await symlink("loop", here.path("loop"));

  const facts = async (path: string) => {
    const { paths, inWorkspace, isProtected: guarded } = await here.facts("files_read", { path });
    return [paths?.[0]?.replace(workspace, "W").replace(home, "H"), inWorkspace, guarded];
  };
  expect(await facts("src/a.txt")).toEqual(["W/src/a.txt", true, false]);
  expect(await facts("./src/../src//a.txt")).toEqual(["W/src/a.txt", true, false]);
  expect(await facts(here.path("src/a.txt"))).toEqual(["W/src/a.txt", true, false]);
  expect(await facts("not/yet/there")).toEqual(["W/not/yet/there", true, false]);
  expect(await facts("~/back/src/a.txt")).toEqual(["W/src/a.txt", true, false]);
  expect(await facts("../home/x")).toEqual(["H/x", false, false]);
  expect(await facts("~")).toEqual(["H", false, false]);
  expect(await facts("~other/x")).toEqual(["W/~other/x", true, false]);
  expect(await facts("home/x")).toEqual(["H/x", false, false]);
  expect(await facts("src/innocent.txt")).toEqual(["H/.ssh/id", false, true]);
  expect(await facts("~/.ssh")).toEqual(["H/.ssh", false, true]);
  expect(await facts("~/.ssh/new/key")).toEqual(["H/.ssh/new/key", false, true]);
  expect(await facts("home/.SSH/new")).toEqual(["H/.SSH/new", false, true]);
  expect(await facts("~/.sshd")).toEqual(["H/.sshd", false, false]);
  expect(await facts("dangling/file")).toEqual(["H/missing/deep/file", false, false]);
  expect(await facts("loop/x")).toEqual(["W/loop/x", true, false]);
  expect(await facts("a".repeat(4000))).toEqual([`W/${"a".repeat(4000)}`, true, false]);
  expect(await facts("../work-not")).toEqual([`${workspace}-not`.replace(workspace, "W"), false, false]);
});

test.skipIf(process.platform !== "linux")("a process's own links to the file system are followed too", async () => {
  const here = await world();
  await mkdir(join(here.place.home, ".ssh"));
  const { paths, isProtected: guarded } = await here.facts("files_read", {
    path: `/proc/self/root${here.place.home}/.ssh/id`,
  });
  expect(paths).toEqual([join(here.place.home, ".ssh/id")]);
  expect(guarded).toBe(true);
});

test("protected paths are real paths, whether they exist or not", async () => {
  const here = await world();
  const home = here.place.home;
  await mkdir(here.path("keys"));
  await symlink(here.path("keys"), join(home, ".ssh"));
  await mkdir(here.path("state"));
  const linux = await protectedPathsOf({ home, loopdHome: here.path("state"), platform: "linux" });
  const mac = await protectedPathsOf({ home, loopdHome: here.path("state"), platform: "darwin" });
  for (const list of [linux, mac]) {
    expect(list).toContain(here.path("state"));
    expect(list).toContain(here.path("keys"));
    for (const path of [".gnupg", ".aws", ".azure", ".config/gcloud", ".kube", ".docker/config.json", ".netrc"]) {
      expect(list).toContain(join(home, path));
    }
    for (const path of [".npmrc", ".pypirc", ".git-credentials", ".password-store", ".config/gh"]) {
      expect(list).toContain(join(home, path));
    }
  }
  expect(linux).toContain(join(home, ".mozilla"));
  expect(linux).toContain(join(home, ".config/google-chrome"));
  expect(mac).toContain(join(home, "Library/Keychains"));
  expect(mac).toContain(join(home, "Library/Application Support/Google/Chrome"));
});

test("spelling does not matter where it may not matter to the file system", () => {
  const guarded = ["/home/ü/.ssh", "/h/Library/Keychains"];
  expect(isProtected("/HOME/u\u0308/.SSH/id", guarded)).toBe(true);
  expect(isProtected("/home/ü/.\u017fsh/id", guarded)).toBe(true);
  expect(isProtected("/h/library/keychains", guarded)).toBe(true);
  expect(isProtected("/h/library", guarded)).toBe(false);
  expect(isInside("/any", "/")).toBe(true);
  expect(isInside("/a/bc", "/a/b")).toBe(false);
});

test("a folder that becomes a link out of the workspace is not followed by a decided call", async () => {
  const here = await world();
  await here.file("docs/a.txt", "inside");
  await writeFile(join(here.place.home, "a.txt"), "outside");
  for (const [name, input] of [
    ["files_read", { path: "docs/a.txt" }],
    ["files_list", { path: "docs" }],
    ["files_search", { pattern: "side", path: "docs" }],
  ] as const) {
    const outcome = await here.call(name, input, {
      meanwhile: async () => {
        await rename(here.path("docs"), here.path("old"));
        await symlink(here.place.home, here.path("docs"));
      },
    });
    expect(outcome.text).toMatch(/has changed since it was decided/);
    await rm(here.path("docs"));
    await rename(here.path("old"), here.path("docs"));
  }
});
