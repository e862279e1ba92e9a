import { type MessagesRequest, type ToolResult, turnSoFar } from "./messages-request.ts";
import { code, fenced } from "./markdown.ts";
import type { Recipe, RecipeStep } from "./recipe.ts";
import { carryValue } from "./recipes/carry-value.ts";
import { fileOutline } from "./recipes/file-outline.ts";
import { folderContents } from "./recipes/folder-contents.ts";
import { largestFiles } from "./recipes/largest-files.ts";
import { machineState } from "./recipes/machine-state.ts";
import { runCommand } from "./recipes/run-command.ts";
import { textSearch } from "./recipes/text-search.ts";

/** What the rehearsal model answers to one request, before it is put into the dialect. */
export type Reply =
  { type: "text"; text: string } | { type: "call"; id: string; name: string; input: { [key: string]: unknown } };

/** In the order in which they are tried: the more particular first. */
const RECIPES: readonly Recipe[] = [
  runCommand,
  carryValue,
  largestFiles,
  machineState,
  textSearch,
  fileOutline,
  folderContents,
];

const CALL_TOOL = "call_tool";

const LABEL =
  "**Rehearsal model – not an AI.** A fixed script answered; it knows a handful of requests and understands nothing else.";
const CONNECT =
  "To connect a real model: `loopd endpoints add NAME --url http://127.0.0.1:PORT --dialect anthropic --model MODEL --use`";

/** A question that the script knows is short; no pattern is run over a longer text. */
const READ_CHARACTERS = 2_000;

/** Decides from the conversation alone, so the same request always gets the same answer, also after a restart. */
export function rehearse(request: MessagesRequest): Reply {
  const turn = turnSoFar(request);
  const step = nextStep(turn.question.slice(0, READ_CHARACTERS), turn.results);
  if (step.type === "answer") return answer(step.text);
  const rationale = step.rationale === undefined ? {} : { _rationale: step.rationale };
  const input = { ...step.input, ...rationale };
  const id = `toolu_rehearsal_${turn.callCount + 1}`;
  if (turn.tools.has(step.tool)) return { type: "call", id, name: step.tool, input };
  // A tool that is not in every prompt is run through the one that runs any.
  if (turn.tools.has(CALL_TOOL))
    return { type: "call", id, name: CALL_TOOL, input: { name: step.tool, arguments: input } };
  return answer(
    `For this the script needs the tool ${code(step.tool)}, and this turn does not offer it. See: \`loopd tools list\``,
  );
}

function nextStep(question: string, results: readonly ToolResult[]): RecipeStep {
  const failed = results.find(({ isError }) => isError);
  if (failed !== undefined) return { type: "answer", text: failure(failed) };
  for (const recipe of RECIPES) {
    const plan = recipe.plan(question);
    if (plan !== undefined) return plan(results);
  }
  const examples = RECIPES.map(({ example }) => `- ${example}`).join("\n");
  return {
    type: "answer",
    text: `This request is none of those that the script knows. Try one of these:\n\n${examples}`,
  };
}

function failure({ tool, text }: ToolResult): string {
  const words = text.replace(/^ERROR:?\s*/, "");
  return `The call of ${code(tool)} did not succeed, so there is no answer. It came back with:\n\n${fenced(words)}`;
}

function answer(text: string): Reply {
  return { type: "text", text: `${LABEL}\n\n${text}\n\n${CONNECT}` };
}
