import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connected, hostile } from "../../fakes/mcp/connected.ts";
import { isRunning } from "../../fakes/processes.ts";

const never = new AbortController().signal;

test("one server that dies at its start costs the others nothing, and says why", async () => {
  const { names, status, log } = await connected({ bad: hostile("dies"), good: hostile() });
  expect(await names()).toContain("good__echo");
  const row = await status("bad");
  expect(row).toMatchObject({ state: "waiting", tools: [], lastError: expect.stringContaining("exit code 1") });
  expect(row.lastError).toContain("cannot find my configuration");
  expect(row.retryAt).toBeDefined();
  expect(log.some((line) => line.startsWith("warn bad: "))).toBe(true);
});

test("a server that hangs on start does not hold up a turn that is stopped, and ends with the helper", async () => {
  const { servers, processes, status } = await connected({ h: hostile("hangs") });
  const stop = new AbortController();
  const ready = servers.ready(stop.signal);
  while ((await processes()).length === 0) await new Promise((done) => setTimeout(done, 20));
  expect((await status("h")).state).toBe("starting");
  stop.abort();
  await ready;
  const pids = await processes();
  await servers.close();
  expect(pids.filter(isRunning)).toEqual([]);
});

test("a server that floods before it says hello is ended", async () => {
  const { names, status, processes } = await connected({ h: hostile("floods") });
  expect(await names()).toEqual([]);
  expect((await status("h")).lastError).toContain("floods its standard output");
  expect(await processes()).toEqual([]);
});

test.each([
  [{ command: "no-such-program-anywhere" }, "there is no program no-such-program-anywhere"],
  [{ command: process.execPath, cwd: "/no/such/folder" }, "its folder /no/such/folder does not exist"],
  [{ command: "/" }, "may not be executed"],
  [{ command: "x", env: { KEY: "${NOT_SET_ANYWHERE}" } }, "NOT_SET_ANYWHERE"],
  [{ url: "ftp://127.0.0.1/" }, "http or https"],
  [{ url: "http://127.0.0.1:9/mcp" }, "cannot be reached"],
  [{ url: "ws://127.0.0.1:9/mcp" }, ""],
  [hostile("malformed"), "malformed"],
])("what cannot be started says why: %j", async (config, words) => {
  const { names, status } = await connected({ h: config });
  expect(await names()).toEqual([]);
  const row = await status("h");
  expect(["failed", "waiting"]).toContain(row.state);
  expect(row.lastError).toContain(words);
  expect(row.lastError).toMatch(/\.$/);
});

test("nothing is started while the tools are known from an earlier run; a broken cache is ignored", async () => {
  const first = await connected({ h: hostile() });
  const names = await first.names();
  await first.servers.close();
  const second = first.again();
  expect(await second.names()).toEqual(names);
  expect(second.servers.tools()).toBe(second.servers.tools());
  expect(await second.processes()).toEqual([]);
  expect((await second.call("h__echo", { text: "late" })).text).toBe("echo: late");
  await second.servers.close();

  const folder = first.cacheFolder;
  const [file = ""] = readdirSync(folder);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  const text = readFileSync(join(folder, file), "utf8");
  for (const broken of [text.slice(0, 50), "null", '{"version":1,"tools":[{"name":7}]}', "", "\0"]) {
    writeFileSync(join(folder, file), broken);
    const next = first.again();
    expect(await next.names()).toEqual(names);
    await next.servers.close();
  }
});

test("tools that change are known at once to calls, the array changes only with them", async () => {
  const { call, names, servers, status } = await connected({ h: hostile() });
  await names();
  const before = servers.tools();
  expect(servers.tools()).toBe(before);
  const echo = before.find(({ name }) => name === "h__echo");
  await call("h__grow");
  while (!servers.tools().some(({ name }) => name === "h__grown")) await new Promise((done) => setTimeout(done, 20));
  expect(servers.tools()).not.toBe(before);
  expect(servers.tools().find(({ name }) => name === "h__echo")).toBe(echo);
  expect((await call("h__grown")).text).toBe("called grown");
  expect((await status("h")).tools).toContain("h__grown");
});

test("a changed configuration restarts that server only; a removed one is ended", async () => {
  const configs = { a: hostile(), b: hostile() };
  const { call, configure, status, processes, servers } = await connected(configs);
  await call("a__echo", { text: "1" });
  await call("b__echo", { text: "1" });
  const [a, b] = [await status("a"), await status("b")];
  configure({ a: { ...hostile(), env: { SPEED: "slow" } }, b: { ...hostile(), trust: true } });
  expect((await call("a__secret")).text).toContain("slow");
  await call("b__echo", { text: "2" });
  expect((await status("a")).pid).not.toBe(a.pid);
  expect((await status("b")).pid).toBe(b.pid);
  expect(isRunning(a.pid ?? 0)).toBe(false);
  configure({ b: hostile() });
  expect(servers.tools().every(({ server }) => server === "b")).toBe(true);
  while ((await processes()).length > 1) await new Promise((done) => setTimeout(done, 20));
  await expect(servers.status({ name: "a", isStarting: false, signal: never })).rejects.toMatchObject({
    code: "unknown-server",
  });
});

test("a disabled server is not started; allow, deny and listed choose its tools", async () => {
  const { names, servers, status } = await connected({
    off: { ...hostile(), disabled: true },
    some: { ...hostile(), allow: ["e*", "die"], deny: ["environment"], listed: ["echo"] },
  });
  expect((await names()).sort()).toEqual(["some__die", "some__echo", "some__endless"]);
  expect(
    servers
      .tools()
      .filter(({ isListed }) => isListed)
      .map(({ name }) => name),
  ).toEqual(["some__echo"]);
  expect(await status("off")).toMatchObject({ state: "disabled", tools: [] });
});

test("only a trusted server's word about reading and repeating counts", async () => {
  const { names, servers } = await connected({
    stranger: hostile("words"),
    friend: { ...hostile("words"), trust: true },
  });
  await names();
  const of = (name: string) => servers.tools().find((tool) => tool.name === name);
  expect(of("stranger__inject")).toMatchObject({ effect: "exec", isIdempotent: false });
  expect(of("friend__inject")).toMatchObject({ effect: "read", isIdempotent: true });
  const { description = "" } = of("stranger__inject") ?? {};
  expect(description).toMatch(/^First line/);
  expect(description.length).toBeLessThanOrEqual(300);
  expect(description).not.toMatch(/\p{Cc}|\p{Cf}/u);
});

test("names that collide, are too long or not usable", async () => {
  const { names, call, status, again, servers } = await connected({ n: hostile("names") });
  const all = await names();
  expect(new Set(all).size).toBe(all.length);
  for (const name of all) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  expect(all).toContain("n__read_file");
  expect(all.filter((name) => name.startsWith("n__read_file_"))).toHaveLength(2);
  expect(all.filter((name) => name.startsWith("n__xxxx"))).toHaveLength(2);
  const texts = await Promise.all(all.map(async (name) => (await call(name)).text));
  expect(texts.sort()).toEqual(
    [
      "read file",
      "read/file",
      "read_file",
      "ünïcödé",
      "x".repeat(100),
      `${"x".repeat(99)}y`,
      "__proto__",
      "constructor",
    ]
      .map((name) => `called ${name}`)
      .sort(),
  );
  expect((await status("n")).lastError).toMatch(/usable name[^]*more than once|more than once[^]*usable name/);
  await servers.close();
  expect(await again().names()).toEqual(all);
});

test("schemas that go in circles, hold patterns or are none: bounded, never compiled, the server judges", async () => {
  const { names, call, schema, status } = await connected({ s: hostile("schemas") });
  const all = await names();
  expect(all, (await status("s")).lastError).toHaveLength(12);
  for (const name of all) {
    const text = JSON.stringify(schema(name));
    expect(text.length).toBeLessThan(60_000);
    expect(text).not.toMatch(/"(?:pattern|patternProperties|format|\$ref|\$defs)"/);
    expect(schema(name)).toMatchObject({ type: "object" });
  }
  expect((await call("s__circle", { node: { next: { next: {} } } })).kind).toBe("ok");
  expect((await call("s__circle", {})).kind).toBe("invalid");
  expect((await call("s__evil", { text: `${"a".repeat(40)}!`, ahead: "x".repeat(40) })).kind).toBe("ok");
  for (const name of ["five", "unheard", "remote", "array", "text", "nothing", "deep"])
    expect((await call(`s__${name}`, {})).kind, name).toBe("ok");
  expect(await call("s__strict", { count: 0 })).toMatchObject({
    kind: "invalid",
    text: expect.stringContaining("count"),
  });
  expect(await call("s__strict", { count: 1, unit: "ell" })).toMatchObject({ kind: "invalid" });
  expect(await call("s__strict", { count: 1, unit: "cm" })).toMatchObject({ kind: "ok" });
  const { lastError } = await status("s");
  expect(lastError).toContain("deep has a schema that is too large");
  expect(lastError).toContain("five has a schema that is wrong (it names a type that does not exist)");
});

test("a server whose list of tools has no end", async () => {
  const { names } = await connected({ p: hostile("pages") });
  expect(await names()).toEqual(["p__echo"]);
});
