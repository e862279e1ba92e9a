import { setTimeout as delay } from "node:timers/promises";
import type { WantedJob } from "./install-plan.ts";
import { EXIT_SECONDS } from "./job.ts";
import { CODES, dropped, explain, GONE, NO_SESSION, PASSING, switchedOff, targetOf } from "./launchctl-codes.ts";
import { type Answer, type Machine, runSystemProgram } from "./machine.ts";
import { isTrouble, type JobState, type Supervisor, type Trouble } from "./supervisor.ts";
import { isSamePath } from "./wanted-files.ts";

const ATTEMPTS = 3;
/** Milliseconds before a bootstrap is tried again. */
const PAUSE_MS = 500;
const LOOK_MS = 100;

/** launchd of the person who is logged in at the screen, through `/bin/launchctl`. */
export function launchdSupervisor(machine: Machine): Supervisor {
  const { uid } = machine;
  const domain = `gui/${uid}`;
  const launchctl = (...words: string[]): Promise<Answer> => runSystemProgram(machine, "/bin/launchctl", words);
  const troubleOf = (answer: Answer, verb: string, label: string) => explain(answer.code, verb, uid, label, answer.err);

  const isDisabled = async (label: string): Promise<boolean> => {
    const { out } = await launchctl("print-disabled", domain);
    return out.split("\n").some((line) => {
      const [name = "", value = ""] = line.split("=>").map((part) => part.trim());
      return name === `"${label}"` && (value === "disabled" || value === "true");
    });
  };

  const stateOf = async (label: string): Promise<JobState | Trouble> => {
    const [printed, isOff] = await Promise.all([launchctl("print", targetOf(uid, label)), isDisabled(label)]);
    const isAllowed = isOff ? "never" : "yes";
    if (printed.code === 0) return { ...parsePrinted(printed.out), isLoaded: true, isAllowed };
    if (GONE.has(printed.code)) return { isLoaded: false, isEnding: false, isAllowed };
    return troubleOf(printed, "print", label);
  };

  /** bootout returns before the process has ended, and until then nothing can take the job's place. */
  const untilGone = async (label: string): Promise<Trouble | undefined> => {
    const deadline = performance.now() + (EXIT_SECONDS + 10) * 1000;
    for (;;) {
      const { code } = await launchctl("print", targetOf(uid, label));
      if (GONE.has(code) || NO_SESSION.has(code)) return undefined;
      if (performance.now() > deadline) return explain(CODES.inProgress, "bootout", uid, label, "");
      await delay(LOOK_MS);
    }
  };

  const unload = async (label: string): Promise<Trouble | undefined> => {
    const answer = await launchctl("bootout", targetOf(uid, label));
    if (GONE.has(answer.code) || NO_SESSION.has(answer.code)) return undefined;
    if (answer.code === 0 || PASSING.has(answer.code)) return untilGone(label);
    return troubleOf(answer, "bootout", label);
  };

  const load = async ({ unit: label, files: [{ path }] }: WantedJob): Promise<Trouble | undefined> => {
    await launchctl("enable", targetOf(uid, label));
    let answer: Answer = { code: 0, out: "", err: "" };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      answer = await launchctl("bootstrap", domain, path);
      const state = await stateOf(label);
      if (isTrouble(state)) return state;
      if (state.isAllowed === "never") return switchedOff(uid, label);
      const isOurs = state.isLoaded && !state.isEnding && (await isSamePath(state.file ?? path, path));
      if (isOurs) return undefined;
      if (answer.code === 0) return dropped(uid, label);
      if (!PASSING.has(answer.code)) break;
      const trouble = state.isLoaded ? await unload(label) : await delay(PAUSE_MS, undefined);
      if (trouble !== undefined) return trouble;
    }
    return troubleOf(answer, "bootstrap", label);
  };

  const kickstart = async (label: string, ...flags: string[]): Promise<Trouble | undefined> => {
    const answer = await launchctl("kickstart", ...flags, targetOf(uid, label));
    return answer.code === 0 ? undefined : troubleOf(answer, "kickstart", label);
  };

  return {
    stateOf,
    load,
    unload,
    restart: (label) => kickstart(label, "-k"),
    start: (label) => kickstart(label),
    filesChanged: () => Promise.resolve(),
  };
}

/**
 * What `launchctl print` says of a job. Its form is no promise of Apple's, so what is not found is left out. `state` is
 * one of: not running, spawn scheduled, spawning, running, SIGTERMed, SIGKILLed, languishing, exited.
 */
function parsePrinted(text: string): Omit<JobState, "isLoaded" | "isAllowed"> {
  const value = (name: string) => new RegExp(`^\\t${name} = (.*)$`, "m").exec(text)?.[1];
  const pid = Number(value("pid"));
  const file = value("path");
  const lastExit = value("last exit code");
  return {
    isEnding: /^SIG(TERM|KILL)ed$/.test(value("state") ?? ""),
    ...(Number.isInteger(pid) && pid > 0 ? { pid } : {}),
    ...(file === undefined ? {} : { file }),
    ...(lastExit === undefined ? {} : { lastExit }),
  };
}
