import { setImmediate as immediate } from "node:timers/promises";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openConfigFile } from "../../../helper-daemon/config-file.ts";
import { createProfiles } from "../../../helper-daemon/endpoints/profiles.ts";
import { endpointProfileSchema } from "../../../src/protocol/config.ts";
import { LoopdError } from "../../../src/protocol/errors.ts";
import { methods } from "../../../src/protocol/requests.ts";

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "loopd-profiles-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const at = (name: string) => join(home, name);
const openProfiles = (folder: string) => createProfiles(folder, openConfigFile(folder));
const read = (name: string) => readFileSync(at(name), "utf8");
const write = (name: string, value: unknown) =>
  writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value));
const profile = endpointProfileSchema.parse({
  dialect: "anthropic",
  url: "http://127.0.0.1:8080",
  model: "m",
  window: 8192,
});
const addParams = (name: string, more: object = {}) =>
  methods["endpoint.add"].params.parse({
    name,
    profile: { dialect: "anthropic", url: profile.url, model: "m" },
    ...more,
  });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof LoopdError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was thrown";
}

test("an empty home has the rehearsal model, active and last", () => {
  const profiles = openProfiles(home);
  expect(profiles.active()).toBe("rehearsal");
  expect(profiles.list()).toEqual([
    expect.objectContaining({ name: "rehearsal", isActive: true, hasKey: true, trust: "local" }),
  ]);
  expect(() => methods["endpoint.list"].result.parse({ endpoints: profiles.list() })).not.toThrow();
  expect(profiles.resolve("rehearsal")).toBeUndefined();
});

test("add, use, show and list survive a restart; keys are private and never in config.json", () => {
  const profiles = openProfiles(home);
  expect(profiles.add(addParams("zeta", { key: " the-key\n", use: true }))).toMatchObject({
    name: "zeta",
    hasKey: true,
    isActive: true,
    auth: "x-api-key",
  });
  profiles.add(addParams("alpha"));
  const again = openProfiles(home);
  expect(again.list().map(({ name, isActive }) => [name, isActive])).toEqual([
    ["alpha", false],
    ["zeta", true],
    ["rehearsal", false],
  ]);
  expect(again.resolve("zeta")).toMatchObject({ key: "the-key", profile: { url: profile.url } });
  expect(read("config.json")).not.toContain("the-key");
  for (const file of ["config.json", "secrets.json"]) expect(statSync(at(file)).mode & 0o777).toBe(0o600);
  again.use("alpha");
  expect(openProfiles(home).active()).toBe("alpha");
});

test("bad names, bad addresses, bad keys and doubles are refused and change nothing", () => {
  const profiles = openProfiles(home);
  profiles.add(addParams("x"));
  const before = read("config.json");
  expect(codeOf(() => profiles.add(addParams("x")))).toMatch(/^endpoint-exists: .*loopd endpoints set x/);
  for (const name of ["rehearsal", "Rehearsal", "unsaved-12345678", "../x", "__proto__", "a b", "-x", ""]) {
    const params = { ...addParams("y"), name };
    expect(
      codeOf(() => profiles.add(params)),
      name,
    ).toMatch(/^usage: /);
  }
  for (const url of ["http://user:pass@h", "http://h/?q=1", "http://h/#f"]) {
    expect(
      codeOf(() => profiles.add({ ...addParams("y"), profile: { ...profile, url } })),
      url,
    ).toMatch(/^usage: /);
  }
  expect(codeOf(() => profiles.add({ ...addParams("y"), key: "two words" }))).toMatch(/^usage: .*key/);
  expect(read("config.json")).toBe(before);
});

test("unknown endpoints name the known ones, also names that every object has", () => {
  const profiles = openProfiles(home);
  profiles.add(addParams("x"));
  for (const name of ["y", "constructor", "toString"]) {
    for (const run of [
      () => profiles.show(name),
      () => profiles.use(name),
      () => profiles.remove(name),
      () => profiles.set({ name, changes: {} }),
    ]) {
      expect(codeOf(run)).toMatch(/^unknown-endpoint: .*Known: x, rehearsal/);
    }
    expect(profiles.resolve(name)).toBeUndefined();
  }
  expect(codeOf(() => profiles.set({ name: "rehearsal", changes: { model: "x" } }))).toMatch(/^usage: /);
  expect(codeOf(() => profiles.remove("rehearsal"))).toMatch(/^usage: /);
});

test("set changes only what it is given", () => {
  const profiles = openProfiles(home);
  profiles.add(addParams("x", { key: "k", profile: { ...profile, auth: "bearer", trust: "local", slots: 2 } }));
  const params = methods["endpoint.set"].params.parse({ name: "x", changes: { model: "other" } });
  expect(profiles.set(params)).toMatchObject({
    model: "other",
    auth: "bearer",
    trust: "local",
    slots: 2,
    window: 8192,
    hasKey: true,
  });
});

test("a key is forgotten when the address moves to another origin, unless a new one comes along", () => {
  const profiles = openProfiles(home);
  profiles.add(addParams("x", { key: "old-key" }));
  expect(profiles.set({ name: "x", changes: { url: "http://127.0.0.1:8080/v1" } }).hasKey).toBe(true);
  expect(profiles.set({ name: "x", changes: { url: "http://127.0.0.1:8081" } }).hasKey).toBe(false);
  expect(profiles.resolve("x")?.key).toBeUndefined();
  expect(read("secrets.json")).not.toContain("old-key");
  expect(profiles.set({ name: "x", changes: { url: "https://elsewhere.test" }, key: "new-key" }).hasKey).toBe(true);
  expect(openProfiles(home).resolve("x")?.key).toBe("new-key");
});

test("removing forgets the key, and the rehearsal model answers again", () => {
  const profiles = openProfiles(home);
  profiles.add(addParams("x", { key: "the-key", use: true }));
  profiles.remove("x");
  expect(profiles.active()).toBe("rehearsal");
  profiles.add({ ...addParams("x"), profile: { ...profile, url: "http://stranger.test" } });
  expect(profiles.resolve("x")).toMatchObject({ key: undefined });
});

test("a person's own settings and formatting of values survive a change", () => {
  write("config.json", { $schema: "./schema.json", limits: { maxSteps: 7 }, rules: [] });
  const profiles = openProfiles(home);
  profiles.add(addParams("x"));
  expect(JSON.parse(read("config.json"))).toMatchObject({
    $schema: "./schema.json",
    limits: { maxSteps: 7 },
    rules: [],
  });
  expect(JSON.parse(read("config.json")).limits).toEqual({ maxSteps: 7 });
  expect(read("config.json")).toMatch(/^\{\n {2}"\$schema"/);
});

test("config.json is read again when it changes; a broken edit keeps the last good one and is never overwritten", async () => {
  const profiles = openProfiles(home);
  expect(profiles.config().limits.maxSteps).toBe(20);
  await immediate();
  write("config.json", { limits: { maxSteps: 7 }, endpoints: { mine: profile } });
  expect(profiles.config().limits.maxSteps).toBe(7);
  expect(profiles.resolve("mine")).toMatchObject({ profile: { window: 8192 } });
  await immediate();
  write("config.json", '{"limits": {"maxSteps": 9');
  expect(profiles.config().limits.maxSteps).toBe(7);
  expect(profiles.lastProblem()).toMatchObject({ code: "config-invalid" });
  expect(profiles.lastProblem()?.message).toContain(at("config.json"));
  expect(codeOf(() => profiles.add(addParams("x")))).toMatch(/^config-invalid: /);
  expect(read("config.json")).toBe('{"limits": {"maxSteps": 9');
  await immediate();
  write("config.json", { limits: { maxSteps: 9 } });
  expect(profiles.config().limits.maxSteps).toBe(9);
  expect(profiles.lastProblem()).toBeUndefined();
});

test("a failed move of an endpoint loses neither address nor key", () => {
  const profiles = openProfiles(home);
  profiles.add(addParams("x", { key: "the-key" }));
  write("config.json", "{");
  expect(codeOf(() => profiles.set({ name: "x", changes: { url: "http://other.test" } }))).toMatch(/^config-invalid: /);
  expect(profiles.resolve("x")).toMatchObject({ key: "the-key", profile: { url: profile.url } });
});

test("broken files at start are told by name, and secrets are not quoted", () => {
  write("config.json", { endpoint: 5, unknownKey: true });
  expect(codeOf(() => openProfiles(home))).toMatch(/^config-invalid: .*endpoint: .*unknownKey/s);
  write("config.json", {});
  write("secrets.json", '{"endpoints": {"x": "sk-secret"');
  expect(codeOf(() => openProfiles(home))).toMatch(/^config-invalid: .*secrets\.json/);
  expect(codeOf(() => openProfiles(home))).not.toContain("sk-secret");
});

test("secrets that others could read are closed to them", () => {
  write("secrets.json", { endpoints: { x: "k" }, later: { a: 1 } });
  chmodSync(at("secrets.json"), 0o644);
  const profiles = openProfiles(home);
  expect(statSync(at("secrets.json")).mode & 0o777).toBe(0o600);
  profiles.add(addParams("y", { key: "k2" }));
  expect(JSON.parse(read("secrets.json"))).toEqual({ endpoints: { x: "k", y: "k2" }, later: { a: 1 } });
});

test("an unsaved profile has the same name each time, and leaves no trace on disk", () => {
  const profiles = openProfiles(home);
  const name = profiles.addUnsaved(profile, { key: "env-key" });
  expect(name).toMatch(/^unsaved-[0-9a-f]{8}$/);
  expect(openProfiles(home).addUnsaved(profile, { key: "env-key" })).toBe(name);
  expect(profiles.addUnsaved(profile, { key: "other-key" })).not.toBe(name);
  expect(profiles.resolve(name)).toMatchObject({ key: "env-key", profile: { auth: "x-api-key" } });
  expect(profiles.list().map((row) => row.name)).toEqual(["rehearsal"]);
  expect(openProfiles(home).resolve(name)).toBeUndefined();
});

test("a profile of preferences is added once, then changed; what the person chose or set elsewhere stays", () => {
  const profiles = openProfiles(home);
  const kept = { dialect: "anthropic", url: "http://127.0.0.1:9000", model: "a", trust: "local" } as const;
  // Nobody has chosen one yet.
  expect(profiles.keep({ name: "raycast", profile: kept, key: "k1", use: false })).toMatchObject({
    ...{ isActive: true, hasKey: true, auth: "x-api-key", trust: "local" },
  });
  profiles.add(addParams("mine", { use: true }));
  profiles.set({ name: "raycast", changes: { vision: true }, headers: { "x-team": "blue" } });
  const openai = { ...kept, dialect: "openai", model: "b", window: 9000 } as const;
  expect(profiles.keep({ name: "raycast", profile: openai, key: "k2", use: false })).toMatchObject({
    ...{ isActive: false, auth: "bearer", model: "b", window: 9000, vision: true, headers: ["x-team"] },
  });
  expect(profiles.active()).toBe("mine");
  expect(JSON.parse(read("secrets.json"))).toMatchObject({ endpoints: { raycast: "k2" } });
  // An emptied field is taken back: the key too.
  const bare = profiles.keep({ name: "raycast", profile: kept, use: true });
  expect(bare).toMatchObject({ auth: "none", hasKey: false, isActive: true, headers: ["x-team"] });
  expect(bare.window).toBeUndefined();
  expect(read("secrets.json")).not.toContain("k2");
});

test("a window that preferences only repeat does not undo what was seen at the server", () => {
  const profiles = openProfiles(home);
  const kept = { dialect: "anthropic", url: profile.url, model: "m", window: 8192, trust: "local" } as const;
  profiles.keep({ name: "raycast", profile: kept, use: true });
  const seen = { observedWindow: { value: 4096, source: "an error", at: new Date().toISOString() } };
  profiles.capabilities.note("raycast", profile, seen);
  expect(profiles.keep({ name: "raycast", profile: kept, use: true }).usableWindow.tokens).toBe(4096);
  expect(profiles.keep({ name: "raycast", profile: { ...kept, window: 6000 }, use: true }).usableWindow.tokens).toBe(
    6000,
  );
});
