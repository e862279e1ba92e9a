import type { Connection } from "./connect.ts";
import type { RoutineRow } from "./routine-methods.ts";

/** Every page of `routine.list`, sorted by name. Long prompts are cut (`isPromptCut`). @throws LoopdError */
export async function allRoutines(request: Connection["request"]): Promise<RoutineRow[]> {
  const rows: RoutineRow[] = [];
  for (;;) {
    const { routines, isMore } = await request("routine.list", { after: rows.at(-1)?.name });
    rows.push(...routines);
    if (isMore !== true) return rows;
  }
}
