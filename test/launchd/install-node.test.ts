import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearQuarantine, sha256Of } from "../../launchd/copy-program.ts";
import { type NodeRelease, pinnedNode } from "../../launchd/download-node.ts";
import { installNode, type InstallNodeOptions } from "../../launchd/install-node.ts";
import { isAtLeast } from "../../launchd/node-version.ts";
import { createMac, type FakeMac } from "../fakes/launchctl.ts";

let mac: FakeMac;
beforeEach(() => void (mac = createMac({ name: "Ada 🦊 <&>" })));
let server: Server | undefined;
afterEach(async () => {
  await mac.close();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A program that says it is Node of some version, and can be told to work in one folder only. */
function fakeNode(folder: string, version: string, script = `echo ${version}`): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "node");
  writeFileSync(path, `#!/bin/sh\n# ${"x".repeat(1000)}\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function put(changed: Partial<InstallNodeOptions>) {
  const { signal } = new AbortController();
  const options = {
    platform: "darwin" as const,
    home: mac.home,
    candidates: [],
    release: undefined,
    signal,
    ...changed,
  };
  return installNode(options, mac.machine);
}

/** Puts an xattr in its place that writes down what it was called with and, as for a file without the mark, fails. */
function putXattr(): () => string[] {
  const place = join(mac.machine.root, "usr/bin/xattr");
  const log = join(mac.machine.root, "xattr.log");
  writeFileSync(place, `#!/bin/sh\necho "$@" >> '${log}'\necho "No such xattr" >&2\nexit 1\n`);
  chmodSync(place, 0o755);
  return () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
}

test("versions are compared as numbers", () => {
  expect([isAtLeast("22.22.2", "22.22.2"), isAtLeast("22.22.10", "22.22.2"), isAtLeast("24.0.0", "22.22.2")]).toEqual([
    true,
    true,
    true,
  ]);
  expect([isAtLeast("22.22.1", "22.22.2"), isAtLeast("20.99.99", "22.22.2"), isAtLeast("22", "22.22.2")]).toEqual([
    false,
    false,
    false,
  ]);
});

test("the real Node is copied byte for byte, freed of its mark, and runs from the home", async () => {
  const called = putXattr();
  const node = await put({ candidates: [{ path: process.execPath, whose: "this test's" }] });
  const path = join(mac.home, "bin", "node");
  expect(node).toEqual({
    path,
    version: process.versions.node,
    sha256: await sha256Of(process.execPath),
    source: "this test's",
    isNew: true,
  });
  expect(await sha256Of(path)).toBe(node.sha256);
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect(called()).toEqual([expect.stringMatching(/^-d -r com\.apple\.quarantine .*\/bin\/node\.[0-9a-f]{8}$/)]);
  expect(readdirSync(join(mac.home, "bin"))).toEqual(["node"]);
  expect(execFileSync(path, ["-p", "1 + 1"], { encoding: "utf8" })).toBe("2\n");
  expect(await put({ candidates: [{ path: process.execPath, whose: "this test's" }] })).toMatchObject({ isNew: false });
});

test("a whole folder is freed of its mark at once, where a system knows such a mark", async () => {
  const called = putXattr();
  await clearQuarantine(mac.home, "linux", mac.machine);
  expect(called()).toEqual([]);
  await clearQuarantine(mac.home, "darwin", mac.machine);
  expect(called()).toEqual([`-d -r com.apple.quarantine ${mac.home}`]);
});

test("the first that is new enough and runs from the home is taken; a newer one replaces it, an older one does not", async () => {
  const there = mac.machine.root;
  const bound = fakeNode(
    join(there, "bound"),
    "",
    `case "$0" in ${there}/bound/*) echo 23.0.0;; *) echo no libnode >&2; exit 1;; esac`,
  );
  const candidates = [
    { path: join(there, "nowhere"), whose: "missing" },
    { path: fakeNode(join(there, "old"), "20.1.0"), whose: "old" },
    { path: fakeNode(join(there, "crash"), "", "exit 3"), whose: "crashing" },
    { path: fakeNode(join(there, "odd"), "v8"), whose: "odd" },
    { path: bound, whose: "bound to its place" },
    { path: fakeNode(join(there, "good"), "22.22.2"), whose: "good" },
    { path: fakeNode(join(there, "later"), "24.1.0"), whose: "later" },
  ];
  expect(await put({ candidates })).toMatchObject({ source: "good", version: "22.22.2", isNew: true });
  const newer = { path: fakeNode(join(there, "newer"), "24.1.0"), whose: "newer" };
  expect(await put({ candidates: [newer] })).toMatchObject({ source: "newer", version: "24.1.0", isNew: true });
  expect(await put({ candidates: candidates.slice(5, 6) })).toMatchObject({ version: "24.1.0", isNew: false });
  writeFileSync(join(mac.home, "bin", "node"), "broken");
  expect(await put({ candidates: candidates.slice(5, 6) })).toMatchObject({ version: "22.22.2", isNew: true });
  expect(readdirSync(join(mac.home, "bin"))).toEqual(["node"]);

  rmSync(join(mac.home, "bin"), { recursive: true });
  const failed = put({ candidates: candidates.slice(0, 5) });
  await expect(failed).rejects.toMatchObject({ code: "node-missing" });
  await expect(failed).rejects.toThrow(
    /missing .*ENOENT.*it is Node 20\.1\.0.*crashing.*which version.*no libnode.*Install Node/,
  );
  expect(existsSync(join(mac.home, "bin", "node"))).toBe(false);
});

/** A server with one packed release on it. */
async function serve(version: string): Promise<{ release: NodeRelease; asked: string[] }> {
  const target = "darwin-arm64";
  const name = `node-v${version}-${target}`;
  const folder = join(mac.machine.root, "dist");
  fakeNode(join(folder, name, "bin"), version);
  writeFileSync(join(folder, name, "README.md"), "read me");
  const packed = join(folder, `${name}.tar.gz`);
  execFileSync("tar", ["-czf", packed, "-C", folder, name]);
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(readFileSync(packed));
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}.tar.gz`;
  return { release: { target, version, url, sha256: await sha256Of(packed) }, asked };
}

test("where none will do, the pinned release is downloaded, and only if it is that one", async () => {
  const { release, asked } = await serve("22.23.2");
  const forged = put({ release: { ...release, sha256: "0".repeat(64) } });
  await expect(forged).rejects.toThrow(/its SHA-256 is [0-9a-f]{64} instead of 0{64}/);
  expect(readdirSync(join(mac.home, "bin"))).toEqual([]);
  expect(await put({ release })).toMatchObject({
    version: "22.23.2",
    source: "Node.js 22.23.2 from nodejs.org",
    isNew: true,
  });
  expect(readdirSync(join(mac.home, "bin"))).toEqual(["node"]);
  expect(asked).toHaveLength(2);
  const good = { path: fakeNode(join(mac.machine.root, "good"), "24.0.0"), whose: "good" };
  expect(await put({ release, candidates: [good] })).toMatchObject({ source: "good" });
  expect(asked).toHaveLength(2);
});

test("a download that fails says why, and one that is cancelled ends", async () => {
  const { release } = await serve("22.23.2");
  await expect(put({ release: { ...release, url: "http://127.0.0.1:1/node" } })).rejects.toThrow(
    /127\.0\.0\.1:1\/node: /,
  );
  await expect(put({ release, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  await expect(put({})).rejects.toThrow(/there was none to try/);
});

test("each machine that loopd runs on has one pinned release", () => {
  for (const target of ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"]) {
    const [platform = "", architecture = ""] = target.split("-");
    const release = pinnedNode(platform, architecture);
    expect(release?.url).toBe(`https://nodejs.org/dist/v22.23.2/node-v22.23.2-${target}.tar.gz`);
    expect(release?.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(pinnedNode("win32", "x64")).toBeUndefined();
});
