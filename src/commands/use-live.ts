import { useEffect, useState, useSyncExternalStore } from "react";
import type { Connection } from "../protocol/connect.ts";
import { type LiveQuestion, LiveSource, type LiveState } from "./live-source.ts";
import { type HelperProblem, presentHelperProblem } from "./present/helper-problem.ts";
import { CLIENT, helperProgram, openForRaycast } from "./raycast-helper.ts";
import { stopOutdated } from "./stop-helper.ts";
import { withToast } from "./with-toast.ts";

/** A value of the helper as a view has it. */
export interface Live<T> {
  state: Exclude<LiveState<T>, { type: "problem" }> | { type: "problem"; problem: HelperProblem };
  /** Does what the problem's one button says, then looks again. */
  remedy(remedy: HelperProblem["remedy"]): Promise<void>;
  /** Asks the helper over the connection that is up, after waiting for one. */
  request: Connection["request"];
  /** Shows a change before `work` has made it, and takes it back where that fails. Rejects as `work` does. */
  change: LiveSource<T>["change"];
  reload(): void;
}

/**
 * A value that stays true while the view is open: loaded again after entries that change it, without starting a helper, and
 * by itself when a helper that went away is back. `load` is asked anew whenever `key` is another one.
 */
export function useLive<T>(question: LiveQuestion<T>): Live<T> {
  const [source] = useState(() => new LiveSource(openForRaycast, question));
  const state = useSyncExternalStore(source.subscribe, source.snapshot);
  useEffect(() => source.ask(question));
  const { request, change, reload } = source;
  const remedy: Live<T>["remedy"] = async (kind) => {
    if (kind !== "retry") await withToast(remedies[kind].words, remedies[kind].work);
    source.retry();
  };
  const shown: Live<T>["state"] =
    state.type === "problem" ? { type: "problem", problem: presentHelperProblem(state.error) } : state;
  return { state: shown, remedy, request, change, reload };
}

const remedies = {
  start: {
    words: { doing: "Starting the helper…", done: "Helper started", failed: "The Helper Did Not Start" },
    work: start,
  },
  restart: {
    words: { doing: "Restarting the helper…", done: "Helper restarted", failed: "The Helper Did Not Restart" },
    work: restart,
  },
};

async function start(): Promise<void> {
  (await openForRaycast(() => {}, "if-missing")).close();
}

async function restart(): Promise<void> {
  await stopOutdated({ home: helperProgram().home, client: CLIENT });
  await start();
}
