import { askForTool, confirmQuestion } from "../commands/tool-ask.ts";

type Input = {
  /** What loopd is to answer or do: the person's own words, with everything that is needed to understand them. */
  question: string;
  /** The session of an earlier answer of this tool, to go on in the same conversation. Leave it out for a new one. */
  session?: string;
};

/** Nothing is asked before the person has seen it and agreed. */
export const confirmation = (input: Input) => confirmQuestion(input);

/** Asks loopd, which can read files, run programs and use applications, and waits for its answer for a while. */
export default async function ask(input: Input) {
  return askForTool(input);
}
