import type * as z from "zod";

type Issue = z.core.$ZodIssue;

/** What is wrong in a configuration, one line each: the key, the rule or hook that it belongs to, and what was expected. */
export function configMistakes(value: unknown, issues: readonly Issue[]): string[] {
  return issues.map((issue) => {
    const { path, message } = innermost(issue);
    return `${path.join(".") || "(top level)"}${ownerOf(value, path)}: ${message}`;
  });
}

/** Of alternatives, the one that was meant: it fits best, and its words say more than "invalid input". */
function innermost(issue: Issue): Pick<Issue, "path" | "message"> {
  if (issue.code !== "invalid_union") return issue;
  const found = issue.errors.flatMap((one) => one.slice(0, 1)).map(innermost);
  const [first] = found;
  const nearest = found.find((one) => !/expected (?:array|string)/.test(one.message)) ?? first;
  return nearest === undefined ? issue : { path: [...issue.path, ...nearest.path], message: nearest.message };
}

/** Names of lists' members tell more than their numbers. */
function ownerOf(value: unknown, [list, index]: readonly PropertyKey[]): string {
  if (list !== "rules" && list !== "hooks") return "";
  const members = (value as { [key: string]: unknown })[list];
  const member: unknown = Array.isArray(members) && typeof index === "number" ? members[index] : undefined;
  if (typeof member !== "object" || member === null) return "";
  const { id, name } = member as { id?: unknown; name?: unknown };
  const known = list === "rules" ? id : name;
  return typeof known === "string" ? ` (${list === "rules" ? "rule" : "hook"} ${JSON.stringify(known)})` : "";
}
