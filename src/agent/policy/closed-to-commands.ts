import type { Effect, Facts, Rule } from "../../protocol/values.ts";
import type { Closing, ParsedCall, RunnableCall } from "../ports.ts";
import type { Circumstances } from "./circumstances.ts";
import { closingRule } from "./closed-paths.ts";

/** What a command does to files is what these tools do, so what rules forbid them is forbidden to it. */
const LIKE: Readonly<Record<"reading" | "writing", readonly { name: string; effect: Effect }[]>> = {
  reading: [
    { name: "files_read", effect: "read" },
    { name: "files_search", effect: "read" },
  ],
  writing: [
    { name: "files_write", effect: "write" },
    { name: "files_edit", effect: "write" },
  ],
};

/** What rules close to a call besides the paths that it was decided about. */
export function closedOnItsWay(
  call: ParsedCall,
  facts: Facts,
  around: Circumstances,
  rules: readonly Rule[],
): Pick<RunnableCall, "isClosed" | "closes"> {
  if (call.effect === "read") {
    const rule = closingRule(call, facts, around, rules);
    return rule === undefined ? {} : { isClosed: (path) => rule(path) !== undefined };
  }
  const [reading, writing] = (["reading", "writing"] as const).map((what) =>
    closedTo(call, facts, around, rules, what),
  );
  const isClosed = reading && ((path: string) => reading.closedBy(path) !== undefined);
  return { isClosed, closes: { reading, writing } };
}

/**
 * The rule for which a command must not run, since its line names what it closes to reading, or it would run there; with
 * the path.
 */
export function namedClosing(
  call: ParsedCall,
  facts: Facts,
  around: Circumstances,
  rules: readonly Rule[],
): { rule: Rule; path: string } | undefined {
  const { paths = [], named = [] } = facts;
  if (call.effect !== "exec" || facts.server !== undefined) return undefined;
  const closing = closedTo(call, facts, around, rules, "reading");
  for (const path of closing === undefined ? [] : [...paths, ...named]) {
    const rule = closing?.closedBy(path);
    if (rule !== undefined) return { rule, path };
  }
  return undefined;
}

/**
 * What rules close to a command: whatever they forbid about a path to the tools that do the same, or to the command
 * itself. Where only a person could be asked, or a rule depends on what lies in the workspace, nothing is left open.
 */
function closedTo(
  call: ParsedCall,
  facts: Facts,
  around: Circumstances,
  rules: readonly Rule[],
  what: "reading" | "writing",
): Closing | undefined {
  const speaking = rules.flatMap((rule) => aboutPlaces(rule));
  const views = LIKE[what].map((tool) =>
    closingRule({ ...call, ...tool }, { hash: "", isSandboxed: facts.isSandboxed }, around, speaking),
  );
  const closers = [...views, closingRule(call, facts, around, speaking)].filter((view) => view !== undefined);
  if (closers.length === 0) return undefined;
  const globsOf = (decision: Rule["decision"]) =>
    speaking.filter((rule) => rule.decision === decision).flatMap(({ when: { path = [] } }) => path);
  return {
    globs: [...new Set(globsOf("deny"))],
    openings: [...new Set(globsOf("execute"))],
    closedBy: (path) => {
      for (const closer of closers) {
        const rule = closer(path);
        if (rule !== undefined) return rule;
      }
      return undefined;
    },
  };
}

/** A rule as it speaks about places that no call was decided about, if it does. */
function aboutPlaces(rule: Rule): Rule[] {
  const { when, decision, layer } = rule;
  if (layer === "grant" || decision === "requiresApproval") return [];
  if (decision === "deny") {
    return when.path === undefined
      ? []
      : [{ ...rule, when: { ...when, inWorkspace: undefined, isProtected: undefined } }];
  }
  return when.inWorkspace === undefined && when.isProtected === undefined ? [rule] : [];
}
