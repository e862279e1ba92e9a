import type { StepCard } from "../../protocol/card-answer.ts";
import { plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** What became of an answer to a whole step: how many calls it reached, and who was first, or why not, for the others. */
export function stepAnswerWords(cards: readonly StepCard[]): { title: string; message: string; isWhole: boolean } {
  const resolved = cards.filter(({ result }) => result === "resolved");
  const others = cards.filter(({ result }) => result !== "resolved");
  const verb = resolved[0]?.state === "denied" ? "Denied" : "Approved";
  const title = resolved.length === 0 ? "Nothing Waited Any More" : `${verb} ${plural(resolved.length, "call")}`;
  const message = others.map(otherWords).join("; ");
  return { title, message, isWhole: others.length === 0 };
}

function otherWords({ tool, result, state, resolvedBy, resolvedAt, message }: StepCard): string {
  const name = oneLine(tool, 60);
  if (result === "refused") return `${name}: ${oneLine(message ?? "", 200)}`;
  return `${name} was already ${state} by ${oneLine(resolvedBy ?? "somebody", 80)} at ${resolvedAt ?? "?"}`;
}
