import * as z from "zod";
import type { CardAnswer } from "../../agent/ports.ts";
import { defineTool, type ToolResult } from "../define-tool.ts";

const input = z.object({
  question: z.string().trim().min(1).max(4_000),
  choices: z.array(z.string().trim().min(1).max(200)).min(1).max(20).optional(),
});

/** Asks the person and waits for as long as it takes, also across a restart: then the card that is open is found again. */
export const askUser = defineTool<z.output<typeof input>>({
  name: "ask_user",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "other",
  description: "Ask the person what only they can tell, and wait for the answer. choices: possible answers.",
  input,
  examples: [{ question: "Which folder do you mean?", choices: ["~/Documents", "~/Desktop"] }],
  async run({ question, choices }, { ask }) {
    const distinct = choices && [...new Set(choices)];
    return resultOf(await ask({ text: question, from: "model", choices: distinct }));
  },
});

function resultOf({ resolution, answer, reason }: CardAnswer): ToolResult {
  const why = reason === undefined || reason === "" ? "." : `: ${reason}`;
  switch (resolution) {
    case "answered":
      return { text: typeof answer === "string" ? answer : JSON.stringify(answer ?? "") };
    case "denied":
      return { text: `The person declined to answer${why}`, isError: true };
    case "expired":
      return { text: "Nobody answered in time. Go on without, or say what you need.", isError: true };
    default:
      return { text: `The question was withdrawn before anybody answered${why}`, isError: true };
  }
}
