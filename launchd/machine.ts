import { execFile } from "node:child_process";
import { join } from "node:path";

/** The machine that jobs are installed on. Tests give one whose system programs are their own. */
export interface Machine {
  /** Folder under which `/bin/launchctl` and the other programs of the system are; `/` for the real ones. */
  root: string;
  /** User that the jobs belong to. */
  uid: number;
  /** Of this process; also what system programs are started with. */
  environment: Readonly<Record<string, string | undefined>>;
  pid: number;
}

/** How a system program ended. */
export interface Answer {
  /** Exit code; -1 if it did not start, was killed, or took too long. */
  code: number;
  out: string;
  err: string;
}

const LIMIT_MS = 60_000;

/** Runs a program of the system, by its full path, and waits for its end. Never throws. */
export function runSystemProgram(machine: Machine, path: string, words: readonly string[]): Promise<Answer> {
  const environment = { ...machine.environment, LC_ALL: "C" };
  return new Promise((resolve) => {
    execFile(
      join(machine.root, path),
      [...words],
      { env: environment, timeout: LIMIT_MS, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, out, err: err === "" && error !== null ? error.message : err });
      },
    );
  });
}
