import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectTo, removeFolder } from "../../fakes/helper.ts";
import { createMac, type FakeMac } from "../../fakes/launchctl.ts";
import { type Manner, type Registry, registryFor } from "./registry.ts";
import { createRelease, namesIn, personOf, type Release } from "./release.ts";

let mac: FakeMac;
let registry: Registry | undefined;
let release: Release;
afterEach(async () => {
  await mac.close();
  registry?.close();
  removeFolder(release.folder);
});

test(
  "packages that the extension does not bring are downloaded, compared, and run; nothing of a bad one stays",
  { timeout: 180_000 },
  async () => {
    mac = createMac();
    const ada = personOf(mac, "darwin");
    release = createRelease("missing");
    registry = await registryFor(release);
    const { url } = registry;
    const install = (...more: string[]) => ada.run(release, ["helper", "install", "--json", ...more]);
    for (const [manner, words] of [
      ["missing", /sandbox-runtime 0\.0\.83 could not be downloaded from http:.*the server answered 404/],
      ["cut", /the connection was cut before the end/],
      ["other", /it is not the one that was pinned \(its SHA-512 differs\)/],
      ["endless", /it has more than 67108864 bytes/],
    ] as const satisfies [Manner, RegExp][]) {
      registry.manner = manner;
      const failed = await install("--registry", url);
      expect([manner, failed.code, failed.ends]).toEqual([manner, 1, ["bundle failed"]]);
      expect(failed.result?.error?.message).toMatch(words);
      expect(failed.result?.error?.message).toMatch(/HTTPS_PROXY.*loopd helper install --registry URL/);
      expect([namesIn(join(mac.home, "helper")), mac.changes()]).toEqual([[], []]);
    }

    // Through a proxy, to a registry whose name nobody but the proxy knows.
    registry.manner = "well";
    registry.asked = [];
    ada.environment.HTTP_PROXY = url;
    const installed = await install("--registry", "http://registry.invalid/");
    expect([installed.code, installed.err]).toEqual([0, ""]);
    expect(installed.steps.find(({ step, state }) => step === "bundle" && state === "done")?.detail).toMatch(
      /with @anthropic-ai\/sandbox-runtime 0\.0\.83, .*better-sqlite3 .* from http:\/\/registry\.invalid/,
    );
    expect(registry.asked[0]).toMatch(
      /^http:\/\/registry\.invalid\/@anthropic-ai\/sandbox-runtime\/-\/sandbox-runtime-0\.0\.83\.tgz$/,
    );
    const modules = join(mac.home, "helper", "current", "node_modules");
    const prebuilds = readdirSync(join(modules, "better-sqlite3", "prebuilds"));
    const target = `${process.platform}-${process.arch}`;
    expect(prebuilds).toEqual([`${target}.node`, `${target.replace("linux", "linuxmusl")}.node`]);
    const ripgrep = join(modules, "@vscode", `ripgrep-${target}`, "bin", "rg");
    expect(statSync(ripgrep).mode & 0o777).toBe(0o700);
    const connection = await connectTo(mac.home);
    const { checks } = await connection.request("helper.doctor", {});
    connection.close();
    expect(checks.find(({ name }) => name === "ripgrep")?.detail).toContain(join(mac.home, "helper"));

    // What is installed installs itself again without anything else.
    registry.asked = [];
    const itself: Release = { ...release, file: (name) => join(mac.home, "helper", "current", name) };
    expect((await ada.run(itself, ["helper", "install"])).code).toBe(0);
    expect(registry.asked).toEqual([]);
  },
);

test("a bundle that is not what was built is not installed", { timeout: 60_000 }, async () => {
  mac = createMac();
  const ada = personOf(mac, "darwin");
  release = createRelease();
  writeFileSync(release.file("check.mjs"), `${readFileSync(release.file("check.mjs"), "utf8")}\n`);
  const changed = await ada.run(release, ["helper", "install", "--json"]);
  expect(changed.result?.error?.message).toMatch(/check\.mjs is not the file that was built \(its SHA-256 differs\)/);
  expect([changed.code, namesIn(join(mac.home, "helper")), existsSync(join(mac.home, "bin"))]).toEqual([1, [], false]);
  const nowhere = await ada.run(release, ["helper", "install", "--registry", "ftp://x"]);
  expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringMatching(/not reached by http/) as string]);
});
