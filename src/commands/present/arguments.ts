import type { CardRow } from "../../protocol/requests.ts";
import type { Json } from "../../protocol/values.ts";

/** Arguments that are the text of a change, by tool. */
const changeArguments: Record<string, string> = { files_write: "text", files_edit: "edits" };

/** The change that a call would make to a file: a unified diff, or the words that say why there is none. */
export function changeOf({ tool, facts }: CardRow): string | undefined {
  return Object.hasOwn(changeArguments, tool) ? facts?.preview : undefined;
}

/**
 * The arguments in full, one per line; text of several lines is shown as lines, the way a shell would read it. Only what
 * a whole diff shows already is not repeated.
 */
export function argumentText(card: CardRow): string {
  const { arguments: values, tool } = card;
  if (typeof values !== "object" || values === null || Array.isArray(values)) return JSON.stringify(values, null, 2);
  const change = changeOf(card);
  const shown = change !== undefined && isWhole(change) ? changeArguments[tool] : undefined;
  const entries = Object.entries(values);
  if (entries.length === 0) return "(none)";
  return entries
    .map(([key, value]) => (key === shown ? `${key}: as the change shows` : argumentLines(key, value)))
    .join("\n");
}

/** What a call's preview adds to its arguments; absent where it adds nothing. */
export function previewOf(card: CardRow): string | undefined {
  const { facts, arguments: values } = card;
  if (facts?.preview === undefined || changeOf(card) !== undefined) return undefined;
  const isShown = typeof values === "object" && values !== null && Object.values(values).includes(facts.preview);
  return isShown ? undefined : facts.preview;
}

function argumentLines(key: string, value: Json): string {
  if (typeof value !== "string") return `${key}: ${JSON.stringify(value)}`;
  return value.includes("\n") ? `${key}:\n${value.replace(/^/gm, "  | ")}` : `${key}: ${value}`;
}

/** Whether a diff shows all of the change. Words that say otherwise only ever make the arguments appear. */
function isWhole(change: string): boolean {
  return change.startsWith("--- ") && !/^…/m.test(change) && !/… \([\d,. ]+ more characters\)$/m.test(change);
}
