import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { McpServerRow } from "../../../src/protocol/requests.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";
import { hostile } from "../../fakes/mcp/connected.ts";
import { isRunning } from "../../fakes/processes.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
beforeEach(() => {
  const home = temporaryFolder("home");
  cli = cliOn(home);
  const own = cli;
  onTestFinished(async () => {
    await own.run(["helper", "stop"]);
    await own.remove();
    removeFolder(home);
  });
});

const { command, args } = hostile();
const started = ["--command", command, ...args.flatMap((word) => (word === "" ? [] : ["--arg", word]))];
const config = () =>
  JSON.parse(readFileSync(join(cli.home, "config.json"), "utf8")) as { mcpServers: Record<string, unknown> };

test("add, list, status, remove: a server from the terminal", async () => {
  const added = await cli.run([
    "mcp",
    "add",
    "h",
    ...started,
    "--env",
    "API_TOKEN=s3cr3t-value",
    "--time-limit",
    "30s",
  ]);
  expect(added.stderr).toBe("");
  expect(added.stdout).toMatch(/^Added h: \d+ tools, /);
  expect(added.exitCode).toBe(0);
  expect(config().mcpServers["h"]).toEqual({
    command,
    args: args.filter((word) => word !== ""),
    env: { API_TOKEN: "s3cr3t-value" },
    timeLimitMs: 30_000,
  });
  expect(statSync(join(cli.home, "config.json")).mode & 0o777).toBe(0o600);

  const [row] = await cli.json<McpServerRow[]>("mcp", "status", "--json");
  expect(row).toMatchObject({ name: "h", state: "running", transport: "stdio", restarts: 0 });
  expect(row?.tools).toContain("h__echo");
  expect(row?.rssBytes).toBeGreaterThan(1e6);
  const shown = await cli.run(["mcp", "status", "h"]);
  expect(shown.stdout).toMatch(
    /^h: running \(hostile works 1\.0\)\n {2}stdio · \d+ tools, .* tokens · pid \d+ · \d+ MB\n/,
  );
  const listed = await cli.run(["mcp", "list", "--json"]);
  expect(added.stdout + shown.stdout + listed.stdout).not.toContain("s3cr3t-value");

  const again = await cli.run(["mcp", "add", "h", ...started]);
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--replace") });
  expect((await cli.run(["mcp", "add", "h", ...started, "--replace"])).exitCode).toBe(0);
  const [now] = await cli.json<McpServerRow[]>("mcp", "list", "--json");
  expect((await cli.run(["mcp", "remove", "h"])).stdout).toBe("Removed h.\n");
  expect(config().mcpServers).toEqual({});
  expect((await cli.run(["mcp", "remove", "h"])).stderr).toContain('no MCP server "h"');
  expect((await cli.run(["helper", "stop"])).exitCode).toBe(0);
  expect(isRunning(now?.pid ?? 0)).toBe(false);
});

test("a server that does not start is added all the same, and the error is told", async () => {
  const { command, args } = hostile("dies");
  const { exitCode, stdout } = await cli.run([
    "mcp",
    "add",
    "bad",
    "--command",
    command,
    ...args.slice(0, 2).flatMap((word) => ["--arg", word]),
  ]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^Added bad, but it does not work yet: .*cannot find my configuration.*The entry stays/);
  expect(Object.keys(config().mcpServers)).toEqual(["bad"]);
});

test.each([
  [["add", "x"], "--command"],
  [["add", "--command", "y"], "one name"],
  [["add", "a__b", "--command", "y"], "cannot be its name"],
  [["add", "x", "--command", "y", "--url", "http://127.0.0.1"], "one of the two"],
  [["add", "x", "--command", "y", "--env", "s3cr3t"], "NAME=value"],
  [["add", "x", "--command", "y", "--time-limit", "soon"], "--time-limit"],
  [["add", "--from", "/no/such/file"], "cannot be read"],
  [["status", "nobody"], "nobody"],
])("what cannot be meant is refused: mcp %j", async (words, hint) => {
  const { exitCode, stderr } = await cli.run(["mcp", ...words]);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(hint);
  expect(stderr).not.toContain("s3cr3t");
});

test("--from takes the files of other programs, says what it left out, and overwrites nothing", async () => {
  const cursor = join(cli.workspace, "cursor.json");
  const entry = { command, args: args.slice(0, 1), env: { TOKEN: "s3cr3t-value", COUNT: 3 }, autoApprove: ["echo"] };
  writeFileSync(
    cursor,
    JSON.stringify({ mcpServers: { "my server": entry, broken: { args: [] }, off: { ...entry, disabled: true } } }),
  );
  const first = await cli.run(["mcp", "add", "--from", cursor]);
  expect(first.stdout).toMatch(/Added my-server: \d+ tools[^]*Added off; it is disabled/);
  expect(first.stderr).toContain('"my server" is called my-server here.');
  expect(first.stderr).toContain("broken: not taken: the entry: either command or url.");
  expect(first.stderr).toContain("no such setting: autoApprove");
  expect(first.stdout + first.stderr).not.toContain("s3cr3t-value");
  expect(config().mcpServers["my-server"]).toMatchObject({ env: { TOKEN: "s3cr3t-value", COUNT: "3" } });

  const code = join(cli.workspace, "mcp.json");
  writeFileSync(
    code,
    `\uFEFF{ // VS Code
      "inputs": [{ "id": "api-key", "type": "promptString" }],
      "servers": {
        /* a server */
        "off": { "command": "never" },
        "here": { "type": "stdio", "command": ${JSON.stringify(command)}, "args": [${JSON.stringify(args[0])}, "works"],
          "env": { "KEY": "\${input:api-key}", "WHERE": "\${workspaceFolder}/x", "HOME2": "\${env:HOME}", "URL": "http://a/*b*/,]" }, },
      },
    }`,
  );
  const second = await cli.run(["mcp", "add", "--from", code]);
  expect(second.exitCode).toBe(2);
  expect(second.stderr).toContain("--replace");
  expect(second.stdout).toMatch(/Added here, but it does not work yet: .*API_KEY/);
  expect(second.stderr).toContain("${input:api-key}");
  expect(second.stderr).toContain("${workspaceFolder}");
  expect(config().mcpServers["off"]).toMatchObject({ disabled: true });
  expect(config().mcpServers["here"]).toMatchObject({
    env: { KEY: "${API_KEY}", HOME2: "${HOME}", URL: "http://a/*b*/,]" },
  });
  const missing = await cli.run(["mcp", "add", "--from", code, "nobody"]);
  expect(missing.stderr).toContain("has no server nobody. It has: off, here");
});
