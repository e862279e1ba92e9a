import { allRoutines } from "../protocol/all-routines.ts";
import type { Connection } from "../protocol/connect.ts";
import type { EndpointRow } from "../protocol/config.ts";
import type { ToolRow } from "../protocol/requests.ts";
import type { RoutineRow } from "../protocol/routine-methods.ts";

/** What the form of a routine lets a person choose from. */
export interface RoutineChoices {
  endpoints: readonly EndpointRow[];
  tools: readonly ToolRow[];
}

/** What the list of routines knows. */
export interface RoutineList {
  routines: RoutineRow[];
  choices: RoutineChoices;
}

/** Asks the helper for all of it. */
export async function loadRoutines(ask: Connection["request"]): Promise<RoutineList> {
  const [routines, { endpoints }, { tools }] = await Promise.all([
    allRoutines(ask),
    ask("endpoint.list", {}),
    ask("tool.list", {}),
  ]);
  return { routines, choices: { endpoints, tools } };
}
