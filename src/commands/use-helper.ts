import { usePromise } from "@raycast/utils";
import type { Connection } from "../protocol/connect.ts";
import { asLoopdError } from "../protocol/errors.ts";
import { type HelperProblem, presentHelperProblem } from "./present/helper-problem.ts";
import { CLIENT, helperProgram, openForRaycast } from "./raycast-helper.ts";
import { stopOutdated } from "./stop-helper.ts";
import { withToast } from "./with-toast.ts";

/** Whether there is a helper, and what was loaded from it. */
type HelperState<T> = { type: "opening" } | { type: "ready"; value: T } | { type: "problem"; problem: HelperProblem };

/** A helper as a command sees it when it opens. */
export interface Helper<T> {
  state: HelperState<T>;
  /** Does what the problem's one button says, then looks again. */
  remedy(remedy: HelperProblem["remedy"]): Promise<void>;
}

/** Looks for a running helper, without starting one, and loads what a command needs from it before its first view. */
export function useHelper<T>(load: (connection: Connection) => Promise<T>): Helper<T> {
  const { data, error, isLoading, revalidate } = usePromise(
    async () => {
      const connection = await openForRaycast(() => {}, "never");
      try {
        return { value: await load(connection) };
      } finally {
        connection.close();
      }
    },
    [],
    // The view itself says what is wrong.
    { onError: () => {} },
  );
  const remedy: Helper<T>["remedy"] = async (kind) => {
    if (kind === "start")
      await withToast(
        { doing: "Starting the helper…", done: "Helper started", failed: "The Helper Did Not Start" },
        start,
      );
    if (kind === "restart")
      await withToast(
        { doing: "Restarting the helper…", done: "Helper restarted", failed: "The Helper Did Not Restart" },
        restart,
      );
    revalidate();
  };
  if (data !== undefined) return { state: { type: "ready", value: data.value }, remedy };
  if (isLoading || error === undefined) return { state: { type: "opening" }, remedy };
  return { state: { type: "problem", problem: presentHelperProblem(asLoopdError(error)) }, remedy };
}

async function start(): Promise<void> {
  (await openForRaycast(() => {}, "if-missing")).close();
}

async function restart(): Promise<void> {
  await stopOutdated({ home: helperProgram().home, client: CLIENT });
  await start();
}
