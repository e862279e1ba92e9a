import { Alert, confirmAlert, Icon } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";
import type { RoutineRow } from "../protocol/routine-methods.ts";
import type { RoutineList } from "./routine-list.ts";
import { CLIENT } from "./raycast-helper.ts";
import type { Live } from "./use-live.ts";
import { withToast } from "./with-toast.ts";

type List = Live<RoutineList>;

/** A routine with the whole of its prompt, which a list cuts. Undefined where the helper did not say it; a toast tells why. */
export async function wholeRoutine({ request }: List, row: RoutineRow): Promise<RoutineRow | undefined> {
  if (row.isPromptCut !== true) return row;
  try {
    return (await request("routine.show", { name: row.name })).routine;
  } catch (error) {
    await showFailureToast(error, { title: "Could Not Read the Routine" });
    return undefined;
  }
}

/** Begins a run now, also of a paused routine. */
export async function runRoutine({ request, reload }: List, name: string): Promise<void> {
  await withToast({ doing: "Starting the run…", done: "It runs", failed: "It Did Not Run" }, async () => {
    const { session } = await request("routine.run", { name, by: CLIENT });
    return `In session ${session}`;
  });
  reload();
}

/** Lets a routine rest. */
export async function pauseRoutine({ change }: List, name: string): Promise<void> {
  await withToast({ doing: "Pausing…", done: "Paused", failed: "It Was Not Paused" }, async () => {
    await change(
      changed(name, (routine) => ({ ...routine, paused: "Paused just now", next: undefined })),
      (ask) => ask("routine.pause", { name, by: CLIENT }),
    );
  });
}

/** Lets it go on. */
export async function resumeRoutine({ change }: List, name: string): Promise<void> {
  await withToast({ doing: "Resuming…", done: "Resumed", failed: "It Was Not Resumed" }, async () => {
    await change(
      changed(name, (routine) => ({ ...routine, paused: undefined, failures: 0 })),
      (ask) => ask("routine.resume", { name, by: CLIENT }),
    );
  });
}

/** Cancels its open run and those that wait to begin, after a question. */
export async function cancelRun({ request, reload }: List, name: string): Promise<void> {
  const isSure = await confirmAlert({
    title: `Cancel the Run of ${name}?`,
    message: "What it has done so far stays done.",
    icon: Icon.Stop,
    primaryAction: { title: "Cancel Run", style: Alert.ActionStyle.Destructive },
    dismissAction: { title: "Let It Run", style: Alert.ActionStyle.Cancel },
  });
  if (!isSure) return;
  await withToast({ doing: "Cancelling…", done: "Cancelled", failed: "It Was Not Cancelled" }, async () => {
    const { turns } = await request("routine.cancel", { name, by: CLIENT, why: "cancelled in Raycast" });
    return turns.length === 0 ? "No run was under way" : undefined;
  });
  reload();
}

/** Takes a routine away, after a question. */
export async function removeRoutine({ change }: List, name: string): Promise<void> {
  const isSure = await confirmAlert({
    title: `Remove ${name}?`,
    message: "It runs no more. Its past runs stay in their sessions.",
    icon: Icon.Trash,
    primaryAction: { title: "Remove", style: Alert.ActionStyle.Destructive },
  });
  if (!isSure) return;
  await withToast({ doing: "Removing…", done: "Removed", failed: "It Was Not Removed" }, async () => {
    await change(
      (list) => ({ ...list, routines: list.routines.filter((routine) => routine.name !== name) }),
      (ask) => ask("routine.remove", { name, by: CLIENT }),
    );
  });
}

function changed(name: string, change: (routine: RoutineRow) => RoutineRow) {
  return (list: RoutineList): RoutineList => ({
    ...list,
    routines: list.routines.map((routine) => (routine.name === name ? change(routine) : routine)),
  });
}
