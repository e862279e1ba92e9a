import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { errorLogOf } from "../../../helper-daemon/install/error-log.ts";
import { failureIn, failureLine } from "../../../helper-daemon/ready.ts";
import { LoopdError } from "../../../src/protocol/errors.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

test("a job's last words are read from where it began, and a log that has grown is cut to whole lines of its end", async () => {
  const home = temporaryFolder("log");
  onTestFinished(() => removeFolder(home));
  const log = errorLogOf(home, "helper");
  expect([await log.size(), await log.since(0)]).toEqual([0, ""]);
  await log.trim();
  mkdirSync(join(home, "logs"));
  writeFileSync(log.path, failureLine(new LoopdError("store-full", "The disk is full.")));
  const before = await log.size();
  expect(failureIn(await log.since(before))).toBeUndefined();
  appendFileSync(log.path, "(node:1) Warning: something (else)\n");
  appendFileSync(log.path, failureLine(new LoopdError("store-newer", "It is newer\n (by two).")));
  expect(failureIn(await log.since(before))).toMatchObject({ code: "store-newer", message: "It is newer (by two)." });
  await log.trim();
  expect(failureIn(await log.since(0))?.code).toBe("store-newer");

  appendFileSync(log.path, Array.from({ length: 60_000 }, (_, line) => `line ${line} of many\n`).join(""));
  await log.trim();
  const left = readFileSync(log.path, "utf8");
  expect(left.length).toBeLessThanOrEqual(64 * 1024);
  expect(left.length).toBeGreaterThan(63 * 1024);
  expect(left).toMatch(/^line \d+ of many\n[^]*\nline 59999 of many\n$/);
  expect(await log.since(10_000_000)).toBe("");
});
