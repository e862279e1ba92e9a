import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LIMIT_MS = 10_000;
/** Where the program can stand: beside this bundle, above its chunks, or as source. */
const PLACES = ["check.mjs", "../check.mjs", "check-process.ts"];

/** What a look through the whole database found. */
export type DatabaseVerdict = { type: "sound" } | { type: "damaged"; why: string } | { type: "too-large" };

/** Looks through a database that is in use, in a process of its own, for ten seconds at most. */
export function checkDatabase(path: string): Promise<DatabaseVerdict> {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const program = places.find((place) => existsSync(place)) ?? "";
  const options = { timeout: LIMIT_MS, killSignal: "SIGKILL" as const, env: {} };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--no-warnings", program, path], options, (failure, verdict, errors) => {
      if (verdict === "ok") resolve({ type: "sound" });
      else if (failure?.killed === true) resolve({ type: "too-large" });
      else resolve({ type: "damaged", why: verdict || (errors.trim().split("\n").at(-1) ?? "") });
    });
  });
}
