import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { routineLine } from "./routine-text.ts";

const input = z.object({});

/** Lists the routines. */
export const routinesList = defineTool<z.output<typeof input>>({
  name: "routines_list",
  group: "routines",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "List the routines: schedule, next and last run.",
  input,
  examples: [{}],
  async run(_, { request }) {
    const { routines, isMore } = await request("routine.list", {});
    const taints = [...new Set(routines.flatMap((routine) => routine.taints ?? []))];
    if (routines.length === 0) return { text: "There are no routines." };
    const lines = [...routines.map(routineLine), ...(isMore === true ? ["There are more than these."] : [])];
    return { text: lines.join("\n"), ...(taints.length === 0 ? {} : { taints }) };
  },
});
