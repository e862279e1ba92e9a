import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CLI, cliOn } from "./run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "loopd-usage-"));
const cli = cliOn(folder);
afterAll(() => cli.remove());

/** One line on standard error, nothing on standard output, exit code 2. */
async function refuses(words: string[], says: RegExp, options?: Parameters<typeof cli.run>[1]): Promise<void> {
  const { exitCode, stdout, stderr } = await cli.run(words, options);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^loopd: [^\n]+\n$/);
  expect(stderr).toMatch(says);
}

describe("a wrong call ends with 2 and says what is near", () => {
  test.each([
    [["aks", "hi"], /'aks' \(Did you mean ask\?\)/],
    [["approvals", "aprove"], /Did you mean approve\?/],
    [["zzz"], /See loopd --help/],
    [["ask", "--sesion", "x", "hi"], /Did you mean --session\?/],
    [["ask", "--max-steps", "0", "hi"], /whole number from 1/],
    [["ask", "--session", "a", "--new", "hi"], /cannot be used with/],
    [["ask", "--session", "a", "--workspace", ".", "hi"], /--workspace is for a new session/],
    [["turn", "wait"], /argument 'session'/],
    [["trace", "show", "s1", "--kind", "tool.finish"], /There is no kind tool\.finish/],
    [["approvals", "approve"], /by id, or all of them with --all/],
    [["approvals", "approve", "--all", "--scope", "always"], /never goes with --scope always/],
    [["approvals", "answer", "x", "perhaps"], /happened, again, skip/],
    [["questions", "answer"], /argument 'id'/],
    [["questions", "answer", "x", "yes", "--decline"], /one answer/],
    [["questions", "answer", "x", "--field", "a=b", "--decline"], /cannot be used with/],
    [["questions", "answer", "x", "yes", "--reason", "y"], /add --decline/],
    [["endpoints", "add", "x", "--model", "m"], /--url <url>/],
    [["endpoints", "add", "x", "--model", "m", "--url", "localhost:8080"], /--url takes an http or https address/],
    [["endpoints", "set", "x", "--url", "ftp://user:pass@h"], /--url takes .*, such as http:\/\/127\.0\.0\.1:8080\.$/m],
    [
      ["endpoints", "add", "x", "--model", "m", "--url", "http://h", "--key-env", "LOOPD_TEST_NONE"],
      /LOOPD_TEST_NONE is not set/,
    ],
    [["endpoints", "set", "x"], /nothing to change/],
  ])("%j", (words, says) => refuses(words, says));
});

test("an empty prompt is refused with an example, from words and from standard input", async () => {
  await refuses(["ask"], /The prompt is empty\. Example: loopd ask/);
  await refuses(["ask", "  "], /The prompt is empty/);
  await refuses(["ask", "-"], /The prompt is empty/, { input: " \n" });
});

test("a prompt that is no UTF-8, or too large, is refused before any helper starts", async () => {
  await refuses(["ask", "-"], /not UTF-8/, { input: Buffer.from([0x68, 0xff, 0xfe, 0x69]) });
  await refuses(["ask", "-"], /at most 1,000,000 characters/, { input: "x".repeat(5_000_000) });
  await refuses(["ask"], /at most 1,000,000 characters/, { input: "x".repeat(1_000_001) });
  expect((await cli.run(["helper", "status"])).exitCode).toBe(4);
});

test("a folder that is not there, and a half-described endpoint, are named", async () => {
  await refuses(["ask", "--workspace", "nowhere", "hi"], /There is no folder .*nowhere/);
  await refuses(["ask", "hi"], /LOOPD_ENDPOINT_URL is no http(?!.*secret)/, {
    env: { LOOPD_ENDPOINT_URL: "ftp://me:secret@x" },
  });
  await refuses(["ask", "hi"], /set LOOPD_ENDPOINT_MODEL/, { env: { LOOPD_ENDPOINT_URL: "http://127.0.0.1:1" } });
  const proxied = {
    LOOPD_ENDPOINT_URL: "http://127.0.0.1:1",
    LOOPD_ENDPOINT_MODEL: "m",
    LOOPD_ENDPOINT_PROXY: "http://jo:100%zz@h:1",
  };
  await refuses(["ask", "hi"], /LOOPD_ENDPOINT_PROXY has a % .*%25/, { env: proxied });
  await refuses(["ask", "--attach", "nowhere.txt", "hi"], /There is no file .*nowhere\.txt to attach/);
  const wrong = {
    LOOPD_ENDPOINT_URL: "http://127.0.0.1:1",
    LOOPD_ENDPOINT_MODEL: "m",
    LOOPD_ENDPOINT_DIALECT: "latin",
  };
  await refuses(["ask", "hi"], /LOOPD_ENDPOINT_DIALECT is latin/, { env: wrong });
});

test("with --json an error is one JSON line on standard error", async () => {
  const { exitCode, stdout, stderr } = await cli.run(["helper", "status", "--json"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "helper-unreachable" } });
});

test("status starts no helper, exits with 4 and says how to start one; stop and logs without one are no failure", async () => {
  const { exitCode, stderr } = await cli.run(["helper", "status"]);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("helper start");
  expect(await cli.run(["helper", "stop"])).toMatchObject({ exitCode: 0, stdout: "No helper runs.\n" });
  expect(await cli.run(["helper", "logs"])).toMatchObject({ exitCode: 0 });
});

test("a home too long for a socket is refused with what to do", async () => {
  const { exitCode, stderr } = await cliOn(join(folder, "x".repeat(120))).run(["helper", "status"]);
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/at most 103.*Set LOOPD_HOME to a shorter folder/);
});

test("every command explains itself with examples", async () => {
  const pages: string[][] = [[]];
  for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
    const { exitCode, stdout } = await cli.run([...page, "--help"]);
    expect({ page, exitCode }).toEqual({ page, exitCode: 0 });
    expect(stdout).toMatch(/\nExamples:\n {2}.*loopd /);
    const commands = /\nCommands:\n([^]*?)\n\n/.exec(stdout)?.[1] ?? "";
    for (const [, name] of commands.matchAll(/^ {2}([\w-]+)/gm))
      if (name !== undefined && name !== "help") pages.push([...page, name]);
  }
});

test.skipIf(!existsSync("/dev/full"))("output that cannot be written is no success, and says so", () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, [CLI, "--help"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^loopd: The output could not be written \(ENOSPC\)[^\n]*\n$/);
});

test("in a folder that is gone, ask names the folder as the trouble, and works with another", () => {
  const gone = join(folder, "gone");
  const ask = (...words: string[]) => {
    const script = 'mkdir -p "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"';
    const call = ["-c", script, "sh", gone, process.execPath, CLI, "ask", "hi", ...words];
    return spawnSync("/bin/sh", call, { encoding: "utf8", env: { ...process.env, LOOPD_HOME: folder } });
  };
  const lost = ask();
  expect(lost.status).toBe(2);
  expect(lost.stderr).toMatch(/^loopd: The folder that this terminal stands in is gone[^\n]*--workspace\.\n$/);
  expect(ask("--workspace", cli.workspace)).toMatchObject({ status: 0 });
});

test("an empty session id means no session, not every session", async () => {
  await refuses(["ask", "--session", "", "hi"], /No session is named.*loopd sessions list/);
});

test.skipIf(!existsSync("/dev/full"))("progress that cannot be written takes nothing from the answer", () => {
  const full = openSync("/dev/full", "w");
  const { status, stdout } = spawnSync(process.execPath, [CLI, "ask", "hi"], {
    cwd: cli.workspace,
    stdio: ["ignore", "pipe", full],
    encoding: "utf8",
    env: { ...process.env, LOOPD_HOME: folder },
  });
  closeSync(full);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("not an AI") as string });
});
