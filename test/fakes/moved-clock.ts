import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished, test } from "vitest";
import { temporaryFolder } from "./helper.ts";

/** A clock that a helper runs by, and that a test moves while it runs. Timers go on as time really passes. */
export interface MovedClock {
  environment: Record<string, string>;
  /** Somebody sets it: from now on it shows this time, as ISO 8601. */
  set(iso: string): void;
  /** The machine sleeps until it is this time: that time really passes, but nothing runs. */
  sleepUntil(iso: string): void;
}

const SLEPT_UPTIME = resolve(import.meta.dirname, "slept-uptime.mjs");
const library = ["/usr/lib", "/usr/lib64"]
  .flatMap((folder) => (existsSync(folder) ? [folder, ...readdirSync(folder).map((name) => join(folder, name))] : []))
  .map((folder) => join(folder, "faketime/libfaketimeMT.so.1"))
  .find((path) => existsSync(path));

/** `test`, where libfaketime is installed; elsewhere a skipped one that says so, and in CI a failing one. */
export const clockTest = library !== undefined || process.env.LOOPD_CI === "1" ? test : test.skip;
if (library === undefined) process.stderr.write("skipped: tests of moved clocks need the Debian package faketime\n");

/** A clock that shows this time. */
export function movedClock(iso: string): MovedClock {
  if (library === undefined) throw new Error("the Debian package faketime is missing: apt-get install faketime");
  const folder = temporaryFolder("clock");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "now");
  const slept = join(folder, "slept");
  let seconds = 0;
  let offset = 0;
  const set = (to: string) => {
    offset = (Date.parse(to) - Date.now()) / 1000;
    writeFileSync(file, `${offset < 0 ? "-" : "+"}${Math.abs(offset).toFixed(3)}`);
  };
  const sleepUntil = (to: string) => {
    seconds += (Date.parse(to) - Date.now()) / 1000 - offset;
    writeFileSync(slept, String(seconds));
    set(to);
  };
  set(iso);
  writeFileSync(slept, "0");
  const faketime = { FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_TIMESTAMP_FILE: file };
  const uptime = { NODE_OPTIONS: `--import=${pathToFileURL(SLEPT_UPTIME).href}`, LOOPD_TEST_SLEPT: slept };
  return { environment: { ...faketime, ...uptime, LD_PRELOAD: library, TZ: "UTC" }, set, sleepUntil };
}
