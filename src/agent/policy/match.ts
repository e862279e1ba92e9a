import picomatch from "picomatch";
import type { Facts, Rule } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";

/** Whether a rule speaks about a call. Matchers look at facts, never at substrings of arguments. */
export function matches(rule: Rule, call: ParsedCall, facts: Facts): boolean {
  const { tool, effect, path, command, inWorkspace, isProtected } = rule.when;
  if (tool !== undefined && !listOf(tool).includes(call.name)) return false;
  if (effect !== undefined && !listOf(effect).includes(call.effect)) return false;
  if (inWorkspace !== undefined && facts.inWorkspace !== inWorkspace) return false;
  if (isProtected !== undefined && (facts.isProtected ?? false) !== isProtected) return false;
  if (path !== undefined && !matchesPaths(listOf(path), rule, facts)) return false;
  if (command !== undefined && !matchesCommand(command, rule, facts)) return false;
  return true;
}

/** A rule that permits must cover every path of the call; one that forbids or asks already speaks about a single one. */
function matchesPaths(globs: readonly string[], rule: Rule, facts: Facts): boolean {
  const paths = facts.paths ?? [];
  const isMatch = picomatch([...globs], { dot: true });
  if (paths.length === 0) return false;
  return rule.decision === "execute" ? paths.every((one) => isMatch(one)) : paths.some((one) => isMatch(one));
}

/** A compound shell line never matches a rule that permits; its words tell nothing about what it runs. */
function matchesCommand(prefix: readonly string[], rule: Rule, facts: Facts): boolean {
  if (facts.isCompound === true) return rule.decision !== "execute";
  const { argv } = facts;
  return argv !== undefined && prefix.every((word, index) => argv[index] === word);
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
