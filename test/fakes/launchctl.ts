import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Machine } from "../../launchd/machine.ts";
import { removeFolder, temporaryFolder } from "./helper.ts";
import { endAllNaming, isRunning } from "./processes.ts";

/** What the fake launchd knows of a job. */
export interface FakeJob {
  keeper: number;
  file: string;
  state: string;
  /** How often a process of it was started. */
  runs: number;
  pid: number | null;
  lastExit: number | string | null;
}

/** A Mac as far as launchd/ can see it: system programs of our own under a root, and a person with a home. */
export interface FakeMac {
  machine: Machine;
  person: string;
  home: string;
  /** File in `~/Library/LaunchAgents` and all others that a test asks for. */
  agents(): string[];
  /** How launchctl was called, without what only looks (`print`, `print-disabled`). */
  changes(): string[];
  calls(): string[][];
  forgetCalls(): void;
  /** The next calls of a verb answer with this code and do nothing. */
  answer(verb: string, code: number, times: number): void;
  settings(settings: { hasSession?: boolean; secondMs?: number }): void;
  disabled(): Record<string, boolean>;
  /** As the switch in System Settings does it. */
  switchOff(label: string): void;
  job(label: string): FakeJob | undefined;
  /** Resolves once a job is as it should be. */
  until(label: string, fits: (job: FakeJob | undefined) => boolean): Promise<FakeJob | undefined>;
  /** Ends all jobs and removes everything. */
  close(): Promise<void>;
}

const UID = 501;
const FAKES = import.meta.dirname;

/** Puts a program of the system in its place that hands on to a script of Node's, with a folder as first argument. */
export function putProgram(root: string, path: string, script: string, folder: string): void {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  const quoted = [process.execPath, resolve(FAKES, script), folder].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  writeFileSync(place, `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`);
  chmodSync(place, 0o755);
}

/** Puts the real program of the system in its place. */
export function linkProgram(root: string, path: string): void {
  const name = path.split("/").at(-1) ?? "";
  const real = ["/usr/bin", "/bin"].map((folder) => join(folder, name)).find((place) => existsSync(place));
  if (real === undefined) throw new Error(`this machine has no ${name}`);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(real, join(root, path));
}

/** A Mac on which a person of this name is logged in. Seconds of launchd's last `secondMs` milliseconds. */
export function createMac({ name = "ada", secondMs = 20 }: { name?: string; secondMs?: number } = {}): FakeMac {
  const root = temporaryFolder("mac");
  const folder = join(root, "launchd");
  const person = join(root, "Users", name);
  const home = join(person, "Library", "Application Support", "loopd");
  for (const path of [join(folder, "jobs"), home]) mkdirSync(path, { recursive: true });
  putProgram(root, "/bin/launchctl", "launchctl.mjs", folder);
  linkProgram(root, "/bin/ps");
  linkProgram(root, "/usr/bin/tar");

  const read = <T>(file: string, otherwise: T): T => {
    const path = join(folder, file);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : otherwise;
  };
  const write = (file: string, value: unknown) => writeFileSync(join(folder, file), JSON.stringify(value));
  const job = (label: string): FakeJob | undefined => {
    try {
      return read<FakeJob | undefined>(join("jobs", `${label}.json`), undefined);
    } catch {
      return undefined;
    }
  };
  const calls = () =>
    (existsSync(join(folder, "calls.jsonl")) ? readFileSync(join(folder, "calls.jsonl"), "utf8") : "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as string[]);
  const environment = { HOME: person, USER: name, PATH: "/usr/bin:/bin" };
  write("settings.json", { secondMs });

  return {
    machine: { root, uid: UID, environment, pid: process.pid },
    person,
    home,
    agents: () => {
      const place = join(person, "Library", "LaunchAgents");
      return existsSync(place) ? readdirSync(place) : [];
    },
    calls,
    changes: () =>
      calls()
        .filter(([verb]) => verb !== "print" && verb !== "print-disabled")
        .map((words) => words.join(" ")),
    forgetCalls: () => writeFileSync(join(folder, "calls.jsonl"), ""),
    answer: (verb, code, times) => write("answers.json", [...read("answers.json", []), { verb, code, times }]),
    settings: (settings) => write("settings.json", { secondMs, ...settings }),
    disabled: () => read("disabled.json", {}),
    switchOff: (label) => write("disabled.json", { ...read("disabled.json", {}), [label]: true }),
    job,
    until: (label, fits) => untilJob(() => job(label), fits),
    close: () => endJobs(root, folder),
  };
}

/** Looks at a job until it fits. A job's state is in a file, so there is no event to wait for. */
export async function untilJob<T>(look: () => T, fits: (job: T) => boolean): Promise<T> {
  for (;;) {
    const found = look();
    if (fits(found)) return found;
    await delay(10);
  }
}

/** Ends every keeper under a folder with what it keeps, then removes the root. */
export async function endJobs(root: string, folder: string): Promise<void> {
  const files = readdirSync(join(folder, "jobs")).filter((file) => file.endsWith(".json"));
  for (const file of files) {
    const { keeper, pid } = JSON.parse(readFileSync(join(folder, "jobs", file), "utf8")) as FakeJob;
    for (const process_ of [keeper, pid === null ? keeper : -pid]) {
      try {
        process.kill(process_, "SIGKILL");
      } catch {
        // It is gone.
      }
    }
    await untilJob(
      () => isRunning(keeper),
      (runs) => !runs,
    );
  }
  // Children of a helper, such as the one that sees to the tick, and keepers of jobs that two installers loaded at once.
  await endAllNaming(root);
  removeFolder(root);
}
