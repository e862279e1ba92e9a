import { spawnSync } from "node:child_process";

const hasPython = spawnSync("python3", ["-c", "import plistlib"]).status === 0;
if (!hasPython && process.env["LOOPD_CI"] === "1") throw new Error("CI must have python3 to read property lists.");

/** Whether tests that read with Python leave themselves out, since there is none here. */
export const hasNoPython = !hasPython;

const SCRIPT = `
import json, plistlib, sys
texts = json.load(sys.stdin)
json.dump([plistlib.loads(text.encode("utf-8")) for text in texts], sys.stdout)
`;

/** What Python's own parser makes of property lists: it shares nothing with the one that wrote them. */
export function readWithPython(texts: readonly string[]): Record<string, unknown>[] {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", SCRIPT], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>[];
}
