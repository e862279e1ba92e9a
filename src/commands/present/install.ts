import type { InstallStep, JobRow } from "../../protocol/install.ts";
import type { Check } from "../../protocol/requests.ts";

const NAMES: Readonly<Record<string, string>> = {
  bundle: "helper",
  node: "Node",
  screen: "screen program",
  agent: "job",
  start: "start",
  handshake: "answer",
  tick: "tick for routines",
  "clean-up": "older versions",
  "hand-off": "hand-off",
  stop: "helper",
  files: "files",
};

/** What a step is called for a person. */
function stepName(step: string): string {
  return NAMES[step] ?? step;
}

/**
 * A step of an installation as one finding, in the form of those of `loopd doctor`; undefined for one that has only begun
 * and has nothing to announce.
 */
export function stepFinding({ step, state, detail = "", mend }: InstallStep): Check | undefined {
  if (state === "doing") return detail === "" ? undefined : { name: stepName(step), state: "warning", detail };
  return {
    name: stepName(step),
    state: state === "failed" ? "failed" : "ok",
    detail,
    ...(mend === undefined ? {} : { mend }),
  };
}

/** How a job stands, and what mends it. */
export function jobWords({ words, mend }: JobRow): string {
  return mend === undefined ? words : `${words} Mend it: ${mend}`;
}
