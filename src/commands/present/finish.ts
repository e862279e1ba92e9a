import { exitCodeOf } from "../../protocol/errors.ts";
import type { Finish } from "../../protocol/values.ts";

/** The end of a turn as a face shows it. */
export interface FinishView {
  /** What happened and, where it went wrong, what to do next. */
  sentence: string;
  /** 0 done, 1 ended otherwise, 5 the endpoint failed, 130 cancelled. */
  exitCode: number;
  isSuccess: boolean;
}

const BUDGET = "loopd ended it there; the answer is what the model knew by then. To go on, ask again in this session.";

const sentences: Record<Finish, string> = {
  done: "Done.",
  "max-tokens":
    "The answer is cut off: the model reached its limit of output tokens or the end of its window. Ask it to go on, raise limits.maxOutputTokens, or begin a new session.",
  "step-limit":
    "The turn used all of its steps; the answer is what it knew by then. Ask again with --max-steps for more.",
  budget: `The turn used up its budget. ${BUDGET}`,
  refused: "The model refused to answer.",
  cancelled: "The turn was cancelled.",
  failed: "The turn failed.",
  interrupted: "The turn could not be resumed, because its endpoint or one of its tools is gone. Ask again.",
};

/** Sentence and exit code for the end of a turn. `limit`: the one that it has reached, in words. */
export function presentFinish(finish: Finish, error?: { code: string; message: string }, limit?: string): FinishView {
  if (finish === "done") return { sentence: sentences.done, exitCode: 0, isSuccess: true };
  if (finish === "cancelled") return { sentence: sentences.cancelled, exitCode: 130, isSuccess: false };
  const isEndpoint = error?.code.startsWith("endpoint-") === true;
  const exitCode = finish === "failed" && isEndpoint ? exitCodeOf("endpoint-unreachable") : 1;
  const usual = finish === "budget" && limit !== undefined ? `${limit} ${BUDGET}` : sentences[finish];
  return { sentence: error?.message ?? usual, exitCode, isSuccess: false };
}
