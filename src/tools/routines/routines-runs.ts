import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";
import { ROUTINE_REFUSALS } from "./refusals.ts";
import { runLine } from "./routine-text.ts";

const input = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  limit: z.number().int().min(1).max(100).default(20),
});

/** Reads the ledger. */
export const routinesRuns = defineTool<z.output<typeof input>>({
  name: "routines_runs",
  group: "routines",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "What became of the times at which routines were to run, newest first.",
  input,
  examples: [{ name: "brief" }],
  async run({ name, limit }, { request }) {
    const answer = await refusedWords(request("routine.runs", { name, limit }), ROUTINE_REFUSALS);
    if (typeof answer === "string") return { text: answer, isError: true };
    return { text: answer.runs.length === 0 ? "Nothing has been due yet." : answer.runs.map(runLine).join("\n") };
  },
});
