import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const launcher = resolve(import.meta.dirname, "../../../src/commands/cli/node-22.mjs");

test.each(["", undefined])("without a PATH (%j) the launcher does not put the folder one stands in on it", (path) => {
  const folder = mkdtempSync(join(tmpdir(), "loopd-launcher-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const script = join(folder, "show.mjs");
  writeFileSync(script, "process.stdout.write(process.env.PATH)");
  const env = path === undefined ? {} : { PATH: path };
  const { status, stdout } = spawnSync(process.execPath, [launcher, script], { env, encoding: "utf8" });
  expect({ status, folders: stdout.split(delimiter) }).toEqual({ status: 0, folders: [dirname(process.execPath)] });
});
