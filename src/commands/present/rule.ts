import type { Rule } from "../../protocol/values.ts";
import { oneLine } from "./terminal-text.ts";

/** What a rule speaks about, in one line. */
export function ruleWords({ when, grant }: Rule): string {
  const parts = Object.entries(when).map(([key, value]) => `${key} ${wordsOf(value)}`);
  const words = parts.length === 0 ? "anything else" : parts.join(" and ");
  if (grant === undefined) return oneLine(words, 300);
  const { scope, session, covers, by, at, expiresAt } = grant;
  const where = scope === "session" ? `in session ${session ?? "?"}` : "in every session";
  const causes =
    covers.length === 0 ? "" : `, also where text came from ${covers.map(({ source }) => source).join(", ")}`;
  const until = expiresAt === undefined ? "" : ` until ${new Date(expiresAt).toISOString()}`;
  return oneLine(`${words} ${where}${causes}${until} (${by}, ${at})`, 400);
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(" or ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
