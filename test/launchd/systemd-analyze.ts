import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";

const isThere = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!isThere && process.env["LOOPD_CI"] === "1") throw new Error("CI must have systemd-analyze (Debian: systemd).");

/** Whether tests that ask systemd itself leave themselves out, since it is not here. */
export const hasNoSystemd = !isThere;

/** What `systemd-analyze` writes, on both streams. */
export function analyze(...words: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", words, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], TZ: "UTC", LC_ALL: "C", XDG_RUNTIME_DIR: tmpdir() },
  });
  return { status, text: `${stdout}${stderr}` };
}

/** The first instants at which systemd elapses a calendar line, as `2028-02-01 09:00`. */
export function elapses(line: string, from: string, count: number): string[] {
  const { status, text } = analyze("calendar", `--base-time=${from} UTC`, `--iterations=${count}`, line);
  if (status !== 0) throw new Error(`systemd does not take ${line}: ${text}`);
  return [...text.matchAll(/(?:Next elapse|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d):00 UTC/g)].map(
    ([, at]) => at ?? "",
  );
}
