import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { plainLine } from "../visible-text.ts";

const input = z.object({ key: z.string().trim().min(1).max(200).optional() });

/** Reads what this session has kept with `state_set`. */
export const stateGet = defineTool<z.output<typeof input>>({
  name: "state_get",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Read a value kept with state_set in this conversation; without key all.",
  input,
  examples: [{ key: "progress" }],
  async run({ key }, { request }) {
    const { values, taints } = await request("state.get", { key });
    const entries = Object.entries(values);
    if (key !== undefined) {
      const [found] = entries;
      if (found !== undefined) return { text: JSON.stringify(found[1]), taints };
      return { text: `There is no value ${plainLine(key, 60)}. state_get without key shows all.`, isError: true };
    }
    if (entries.length === 0) return { text: "This conversation keeps no values yet." };
    const lines = entries.map(([name, value]) => `${plainLine(name, 200)} = ${JSON.stringify(value)}`);
    return { text: lines.join("\n"), taints };
  },
});
