import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../launchd/machine.ts";
import { temporaryFolder } from "./helper.ts";
import { endJobs, type FakeJob, linkProgram, putProgram, untilJob } from "./launchctl.ts";

/** A Linux machine as far as launchd/ can see it, with a session of systemd for one person. */
export interface FakeLinux {
  machine: Machine;
  person: string;
  home: string;
  changes(): string[];
  forgetCalls(): void;
  settings(settings: { hasSession: boolean }): void;
  /** What the person did with a unit: `disabled` or `masked`. */
  set(unit: string, state: "enabled" | "disabled" | "masked"): void;
  job(unit: string): FakeJob | undefined;
  until(unit: string, fits: (job: FakeJob | undefined) => boolean): Promise<FakeJob | undefined>;
  /** The `[Timer]` section of a timer that is active. */
  timer(unit: string): [string, string][] | undefined;
  close(): Promise<void>;
}

/** A Linux machine on which a person of this name is logged in. */
export function createLinux({ name = "ada" }: { name?: string } = {}): FakeLinux {
  const root = temporaryFolder("linux");
  const folder = join(root, "systemd");
  const person = join(root, "home", name);
  const home = join(person, ".local", "state", "loopd");
  for (const path of [join(folder, "jobs"), home]) mkdirSync(path, { recursive: true });
  putProgram(root, "/usr/bin/systemctl", "systemctl.mjs", folder);
  linkProgram(root, "/bin/ps");
  const read = <T>(file: string, otherwise: T): T => {
    const path = join(folder, file);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : otherwise;
  };
  const write = (file: string, value: unknown) => writeFileSync(join(folder, file), JSON.stringify(value));
  const job = (unit: string): FakeJob | undefined => {
    try {
      return read<FakeJob | undefined>(join("jobs", `${unit}.json`), undefined);
    } catch {
      return undefined;
    }
  };
  write("settings.json", { hasSession: true });
  const calls = join(folder, "calls.jsonl");
  return {
    machine: { root, uid: 1000, environment: { HOME: person, PATH: "/usr/bin:/bin" }, pid: process.pid },
    person,
    home,
    changes: () =>
      (existsSync(calls) ? readFileSync(calls, "utf8") : "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => (JSON.parse(line) as string[]).join(" "))
        .filter((line) => !line.startsWith("show ")),
    forgetCalls: () => writeFileSync(calls, ""),
    settings: (settings) => write("settings.json", settings),
    set: (unit, state) => write("enabled.json", { ...read("enabled.json", {}), [unit]: state }),
    job,
    until: (unit, fits) => untilJob(() => job(unit), fits),
    timer: (unit) => read<Record<string, [string, string][]>>("timers.json", {})[unit],
    close: () => endJobs(root, folder),
  };
}
