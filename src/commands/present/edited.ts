import { visibleText } from "./terminal-text.ts";

/** What became of a call after a person had changed it. */
export type Edited =
  | { type: "execute" }
  | { type: "asks-again"; cardId: string }
  | { type: "ended"; outcome: string; why: string }
  | { type: "undecided" };

/** What became of a call that a person has changed, in a sentence. */
export function editedWords(end: Edited): string {
  switch (end.type) {
    case "execute":
      return "It runs with that.";
    case "asks-again":
      return `It waits for you once more, as ${end.cardId}: the change brought something up that the card had not shown.`;
    case "ended":
      return visibleText(`It does not run (${end.outcome}): ${end.why}`);
    case "undecided":
      return "Rules and hooks have not answered yet; the trace will tell: loopd trace show SESSION";
  }
}
