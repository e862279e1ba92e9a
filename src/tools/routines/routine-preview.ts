import type { Facts } from "../../protocol/values.ts";
import type { Place } from "../define-tool.ts";
import { plainLine, visibleText } from "../visible-text.ts";

const MOST_CHARACTERS = 2_000;

/**
 * What a person should see of a routine that a model adds or changes: what it asks, and its next firings in words, with the
 * time at which those hold.
 */
export async function previewOf(
  title: string,
  { prompt, when, zone, tools }: { prompt?: string; when?: string; zone?: string; tools?: readonly string[] },
  describe: Place["describeSchedule"],
): Promise<Pick<Facts, "preview" | "asOf">> {
  const lines = [title];
  if (prompt !== undefined) lines.push("asks:", visibleText(prompt.slice(0, MOST_CHARACTERS)));
  if (tools !== undefined) lines.push(`tools: ${plainLine(tools.join(", "), 500) || "none"}`);
  if (when === undefined) return { preview: lines.join("\n") };
  const schedule = await describe(when, zone);
  return { preview: [...lines, ...schedule.lines].join("\n"), asOf: schedule.asOf };
}
