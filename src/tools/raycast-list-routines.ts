import { listRoutinesForTool } from "../commands/tool-lists.ts";

/** Lists the routines of loopd: what runs by itself, when it comes next, and how it went last. */
export default async function listRoutines() {
  return listRoutinesForTool();
}
