import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EndpointRow } from "../../../src/protocol/config.ts";
import type { HelperStatus, ToolRow } from "../../../src/protocol/requests.ts";
import { type CliOnHome, cliOn, jsonLines } from "./run-cli.ts";

let cli: CliOnHome;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
});
afterEach(() => cli.remove());

test("endpoints are added, changed, chosen and forgotten; keys are never shown", async () => {
  const url = "http://127.0.0.1:8080";
  const add = await cli.run(
    ["endpoints", "add", "local", "--url", url, "--model", "m", "--window", "8192", "--key-env", "THE_KEY", "--use"],
    {
      env: { THE_KEY: "sk-secret" },
    },
  );
  expect(add).toMatchObject({ exitCode: 0, stderr: "" });
  expect(add.stdout).toMatch(
    /^local \(asked\): m at http:\/\/127\.0\.0\.1:8080\n {2}anthropic · 8192 tokens · local · key sent as x-api-key\n$/,
  );
  expect((await cli.run(["endpoints", "add", "local", "--url", url, "--model", "m"])).exitCode).toBe(2);
  await cli.run(["endpoints", "add", "far", "--url", "https://models.example", "--model", "n"]);
  const rows = await cli.json<EndpointRow[]>("endpoints");
  expect(
    rows.map(({ name, trust, auth, hasKey, isActive }) => ({ name, trust, auth, hasKey, isActive })),
  ).toMatchObject([
    { name: "far", trust: "remote", auth: "none", hasKey: false, isActive: false },
    { name: "local", trust: "local", auth: "x-api-key", hasKey: true, isActive: true },
    { name: "rehearsal", isActive: false },
  ]);
  expect(JSON.stringify(rows)).not.toContain("sk-secret");
  await cli.run(["endpoints", "set", "far", "--key-stdin"], { input: "sk-other\n" });
  expect(await cli.json<EndpointRow>("endpoints", "show", "far")).toMatchObject({ auth: "x-api-key", hasKey: true });
  await cli.run(["endpoints", "set", "local", "--model", "better"]);
  expect(await cli.json<EndpointRow>("endpoints", "show", "local")).toMatchObject({
    model: "better",
    window: 8192,
    trust: "local",
  });
  expect((await cli.run(["endpoints", "use", "far"])).stdout).toMatch(/^far \(asked\)/);
  expect((await cli.run(["endpoints", "remove", "far"])).exitCode).toBe(0);
  const unknown = await cli.run(["endpoints", "use", "far"]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain("local");
  expect((await cli.run(["endpoints"])).stdout).not.toContain("far");
});

test("tools are listed with their cost and shown with their arguments", async () => {
  const rows = await cli.json<ToolRow[]>("tools");
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["files_list", "files_read", "files_search", "shell_run"]),
  );
  const { stdout } = await cli.run(["tools", "list"]);
  const listed = rows.filter(({ isListed }) => isListed);
  const tokens = listed.reduce((sum, row) => sum + row.tokens, 0);
  const sum = /In every prompt: (\d+) tools ([\d,]+) \+ system text (\d+) = ([\d,]+) of 1,500 tokens\./.exec(stdout);
  const [, count, cost = "", system = "", total = ""] = sum ?? [];
  expect([count, cost]).toEqual([String(listed.length), tokens.toLocaleString("en-US")]);
  expect(Number(total.replace(",", ""))).toBe(tokens + Number(system));
  expect(Number(total.replace(",", ""))).toBeLessThanOrEqual(1_500);
  expect(stdout).toContain(`${rows.length - listed.length} others are found with find_tools`);
  expect(stdout).toMatch(/^memory_write +memory +state +10\.0 s +\d+ +found +Remember/m);
  expect((await cli.run(["tools", "show", "shell_run"])).stdout).toMatch(
    /Effect +exec: .*\n +Limit +5 min[^]*you are asked[^]*in every prompt[^]*"command"[^]*Examples:/,
  );
  const unknown = await cli.run(["tools", "show", "shel_run"]);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain("shell_run");
});

test("the helper is started once, shown, logged and stopped", async () => {
  const starts = await Promise.all([1, 2, 3].map(() => cli.run(["helper", "start"])));
  const { pid, home, version } = await cli.json<HelperStatus>("helper", "status");
  for (const { exitCode, stdout } of starts) {
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`The helper runs: process ${pid}, version ${version}, home ${home}\n`);
  }
  expect((await cli.run(["helper", "status"])).stdout).toContain(`process ${pid}`);
  const following = cli.begin(["helper", "logs", "--follow", "-n", "1000", "--json"]);
  await following.shows('"serving"', "stdout");
  expect((await cli.run(["helper", "stop"])).stdout).toBe(`The helper (process ${pid}) has stopped.\n`);
  await following.shows('"stopping"', "stdout");
  following.child.kill();
  expect(jsonLines<{ pid: number }>((await following.ended).stdout).every((line) => line.pid === pid)).toBe(true);
  expect((await cli.run(["helper", "logs", "-n", "1"])).stdout).toMatch(/^\d{4}-\S+Z info /);
});

test("helper run stays in front, passes SIGTERM on and ends as the helper ends", async () => {
  const running = cli.begin(["helper", "run"]);
  let status = await cli.run(["helper", "status"]);
  while (status.exitCode === 4) status = await cli.run(["helper", "status"]);
  running.child.kill("SIGTERM");
  expect((await running.ended).exitCode).toBe(0);
  expect(existsSync(join(cli.home, "run", "loopd.sock"))).toBe(false);
});

test("a helper that cannot start says why, through whoever started it", async () => {
  writeFileSync(join(cli.home, "config.json"), "{ broken");
  const { exitCode, stderr } = await cli.run(["sessions"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^loopd: .*config\.json is not valid JSON/);
  expect((await cli.run(["sessions", "--json"])).stderr).toMatch(/"code":"config-invalid"/);
});

test("a wrong token is said to be one, and nothing is started or stopped for it", async () => {
  const { pid } = (await cli.run(["helper", "start"]), await cli.json<HelperStatus>("helper", "status"));
  const path = join(cli.home, "run", "token");
  const token = readFileSync(path, "utf8");
  writeFileSync(path, "wrong");
  const { exitCode, stderr } = await cli.run(["sessions"]);
  writeFileSync(path, token);
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/token/);
  expect((await cli.json<HelperStatus>("helper", "status")).pid).toBe(pid);
});
