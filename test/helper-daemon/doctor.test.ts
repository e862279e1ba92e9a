import { chmodSync, mkdtempSync, openSync, writeFileSync, writeSync, closeSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkDatabase } from "../../helper-daemon/store/check-database.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { Check } from "../../src/protocol/requests.ts";
import { cliOn, type CliOnHome } from "../commands/cli/run-cli.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

function commandLine(): CliOnHome {
  const cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-doctor-")));
  onTestFinished(() => cli.remove());
  return cli;
}

async function doctor(cli: CliOnHome): Promise<{ checks: Map<string, Check>; exitCode: number | null }> {
  const { stdout, exitCode } = await cli.run(["doctor", "--json"]);
  const checks = JSON.parse(stdout) as Check[];
  for (const { state, mend } of checks) if (state !== "ok") expect(mend).toMatch(/\S/);
  return { checks: new Map(checks.map((check) => [check.name, check])), exitCode };
}

test("a healthy home passes, with what could be better and how", async () => {
  const cli = commandLine();
  const { checks, exitCode } = await doctor(cli);
  expect(exitCode).toBe(0);
  for (const name of ["command line", "helper", "home", "disk", "database", "configuration", "tools", "mcp", "ripgrep"])
    expect(checks.get(name), name).toMatchObject({ state: "ok" });
  expect(checks.get("endpoint")).toMatchObject({
    state: "warning",
    detail: expect.stringContaining("no AI") as string,
  });
  expect(checks.get("sandbox")).toMatchObject({ state: "warning", mend: expect.stringContaining("auto") as string });
  const words = await cli.run(["helper", "doctor"]);
  expect(words.exitCode).toBe(0);
  expect(words.stdout).toMatch(/^ok {2}command line: version /);
  expect(words.stdout).toMatch(/!! {2}endpoint: [^\n]+\n {4}mend it: loopd endpoints add /);
});

test("every fault is found while the helper runs, and named with what mends it", async () => {
  const cli = commandLine();
  await cli.run(["helper", "start"]);
  const url = "http://127.0.0.1:9";
  await cli.run(["endpoints", "add", "gone", "--url", url, "--model", "m", "--use"]);
  const path = join(cli.home, "config.json");
  const config = JSON.parse(readFileSync(path, "utf8")) as object;
  writeFileSync(path, JSON.stringify({ ...config, tools: { listed: ["files", "old_tool"] } }));
  chmodSync(cli.home, 0o755);
  writeFileSync(join(cli.home, "secrets.json"), "{}");
  chmodSync(join(cli.home, "secrets.json"), 0o644);
  const found = await doctor(cli);
  expect(found.exitCode).toBe(1);
  const home = found.checks.get("home");
  expect(home?.state).toBe("failed");
  expect(home?.mend).toMatch(/^chmod 700 '[^']+' && chmod 600 '[^']+secrets\.json'$/);
  expect(found.checks.get("endpoint")).toMatchObject({
    state: "failed",
    detail: expect.stringContaining(url) as string,
  });
  expect(found.checks.get("tools")).toMatchObject({
    state: "warning",
    detail: expect.stringContaining("old_tool") as string,
  });
  writeFileSync(path, "{ half");
  const broken = await doctor(cli);
  expect(broken.checks.get("configuration")).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("not valid JSON") as string,
  });
});

test("where no helper can start it says why, and looks at what it can", async () => {
  const cli = commandLine();
  writeFileSync(join(cli.home, "config.json"), '{"limits": {"maxSteps": -1}}');
  const found = await doctor(cli);
  expect(found.exitCode).toBe(1);
  expect(found.checks.get("helper")).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("maxSteps") as string,
  });
  expect(found.checks.get("configuration")).toMatchObject({ state: "failed" });
  expect(found.checks.get("home")).toMatchObject({ state: "ok" });
  const folder = temporaryFolder("doctor-file");
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, "file");
  writeFileSync(file, "");
  const { checks } = await doctor({ ...cli, run: (words) => cliOn(file).run(words) });
  expect(checks.get("home")).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("is no folder") as string,
  });
});

test("damage in the middle of a database is found, also while somebody writes to it", async () => {
  const folder = temporaryFolder("doctor-database");
  onTestFinished(() => removeFolder(folder));
  const path = join(folder, "loopd.db");
  const store = openStore(path, createStamp("boot"));
  const entry = {
    kind: "session.created" as const,
    session: "s",
    data: { title: "t".repeat(2000), workspace: "/", nonce: "n" },
  };
  for (let number = 0; number < 200; number += 1) store.log.append([{ ...entry, session: `s${number}` }]);
  expect(await checkDatabase(path)).toEqual({ type: "sound" });
  store.close();
  const file = openSync(path, "r+");
  const { size } = statSync(path);
  writeSync(file, Buffer.alloc(8192, 0x5a), 0, 8192, Math.floor(size / 2 / 4096) * 4096);
  closeSync(file);
  const verdict = await checkDatabase(path);
  expect(verdict).toMatchObject({ type: "damaged" });
  expect(verdict.type === "damaged" && verdict.why.length).toBeGreaterThan(5);
  expect(await checkDatabase(join(folder, "none.db"))).toMatchObject({ type: "damaged" });
});
