import { code, fenced } from "../markdown.ts";
import type { Plan } from "../recipe.ts";

/** Runs one command outside the sandbox, so that it waits for the person's approval everywhere, and shows what it printed. */
export function shellPlan(command: string, rationale: string, heading: string): Plan {
  return ([result]) => {
    if (result === undefined) return { type: "call", tool: "shell_run", input: { command, outside: true }, rationale };
    const [status = "", ...output] = result.text.split("\n");
    const printed = output.join("\n").trimEnd();
    const body = printed === "" ? "It printed nothing." : fenced(printed);
    return { type: "answer", text: `${heading} ${code(command)} ended with ${code(status)}.\n\n${body}` };
  };
}
