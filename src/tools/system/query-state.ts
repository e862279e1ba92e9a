import * as z from "zod";
import type { Json } from "../../protocol/values.ts";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";

const input = z.object({ sql: z.string().trim().min(1).max(100_000) });

/** Reads loopd's own trace with SQL. Nothing can be written, and only views can be read; see the method `state.query`. */
export const queryState = defineTool<z.output<typeof input>>({
  name: "query_state",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description:
    "Ask loopd's own records with one SQL SELECT (SQLite) over the views sessions, turns, calls, cards, entries. A wrong query is answered with their columns.",
  input,
  examples: [{ sql: "SELECT name, outcome, count(*) FROM calls GROUP BY 1, 2" }],
  async run({ sql }, { request }) {
    const answer = await refusedWords(request("state.query", { sql }), ["query-refused", "invalid-params"]);
    if (typeof answer === "string") return { text: answer, isError: true };
    const { columns, rows, isCut, taints } = answer;
    const lines = [columns, ...rows].map((row) => row.map(cellText).join("\t"));
    const note = isCut ? " The answer was cut; ask for less or aggregate." : "";
    return { text: [...lines, `[${rows.length} ${rows.length === 1 ? "row" : "rows"}.${note}]`].join("\n"), taints };
  },
});

function cellText(cell: Json): string {
  if (cell === null) return "NULL";
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  return text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
