import type * as z from "zod";
import { type DelegateEnd, type DelegateNews, delegateRequestSchema } from "../protocol/delegate.ts";
import { defineTool, type ToolContext, type ToolResult } from "./define-tool.ts";
import { refusedWords } from "./refused-words.ts";

/** Awake time in which nobody is waited for; its steps and the turn's budget end most delegates much earlier. */
const LIMIT_MS = 3_600_000;

/** What a model can mend, or has to live with. */
const REFUSALS = ["unknown-tool", "unknown-endpoint", "invalid-params", "not-allowed"] as const;

/**
 * Gives a task to a turn of its own and waits for its answer. Starting and awaiting are both known by the call's id, so
 * that a call that runs again after a crash finds the turn that it has started.
 */
export const delegate = defineTool<z.output<typeof delegateRequestSchema>>({
  name: "delegate",
  group: "system",
  effect: "state",
  isIdempotent: true,
  isDelegating: true,
  timeLimit: LIMIT_MS,
  description:
    "Have a task done in a conversation of its own, which knows only what the task says, and get its answer. tools: all that it may use. Several at once work in parallel.",
  input: delegateRequestSchema,
  examples: [{ task: "Find every TODO under src and list file, line and text.", tools: ["files_search"] }],
  async run(input, context) {
    const started = await refusedWords(context.request("turn.delegate", input), REFUSALS);
    if (typeof started === "string") return { text: started, isError: true };
    return resultOf(await endOf(context));
  },
});

async function endOf({ request, progress, standStill }: ToolContext): Promise<DelegateEnd> {
  let after = 0;
  let isWaiting = false;
  for (;;) {
    const coming = request("turn.await", { after });
    const news: DelegateNews = await (isWaiting ? standStill(coming) : coming);
    for (const line of news.lines) progress(line);
    if (news.end !== undefined) return news.end;
    ({ after, isWaiting } = news);
  }
}

function resultOf(end: DelegateEnd): ToolResult {
  const { session, finish, text, taints, spent } = end;
  const place = `[session ${session}, finish ${finish}]`;
  const answer = text.trim() === "" ? "" : `${text.trim()}\n\n`;
  if (finish === "done") {
    return { text: `${answer === "" ? "The delegate ended without words.\n\n" : answer}${place}`, taints, spent };
  }
  const said = answer === "" ? "" : `What it said last:\n${answer}`;
  return { text: `${whatHappened(end)}\n${said}${place}`, isError: true, taints, spent };
}

function whatHappened({ finish, error, stopped }: DelegateEnd): string {
  const why = error === undefined ? "" : ` ${error.code}: ${error.message}`;
  switch (finish) {
    case "step-limit":
      return "The delegate used up its steps before it was done.";
    case "budget":
      return "The delegate used up its budget before it was done.";
    case "max-tokens":
      return "The delegate's answer was cut off at the limit of output tokens.";
    case "refused":
      return "The delegate's model refused the task.";
    case "cancelled":
      return stopped === undefined
        ? "The delegate was cancelled."
        : `The delegate was cancelled by ${stopped.by}${stopped.why === "" ? "." : `: ${stopped.why}`}`;
    default:
      return `The delegate could not go on.${why}`;
  }
}
