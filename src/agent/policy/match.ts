import picomatch from "picomatch";
import type { Facts, Rule } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";

/** Whether a rule speaks about a call. Matchers look at facts, never at substrings of arguments. */
export function matches(rule: Rule, call: ParsedCall, facts: Facts): boolean {
  const { tool, effect, path, command, inWorkspace, isProtected, domain, app, isSandboxed, isTrusted } = rule.when;
  if (tool !== undefined && !listOf(tool).some((one) => isNamed(call.name, one))) return false;
  if (effect !== undefined && !listOf(effect).includes(call.effect)) return false;
  if (inWorkspace !== undefined && facts.inWorkspace !== inWorkspace) return false;
  if (isProtected !== undefined && (facts.isProtected ?? false) !== isProtected) return false;
  if (isSandboxed !== undefined && (facts.isSandboxed ?? false) !== isSandboxed) return false;
  if (isTrusted !== undefined && (facts.isTrusted ?? false) !== isTrusted) return false;
  if (app !== undefined && !matchesApp(listOf(app), facts)) return false;
  if (domain !== undefined && !matchesDomains(listOf(domain), rule, facts)) return false;
  if (path !== undefined && !matchesPaths(listOf(path), rule, facts)) return false;
  if (command !== undefined && !matchesCommand(command, rule, facts)) return false;
  return true;
}

function isNamed(name: string, wanted: string): boolean {
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

function matchesApp(names: readonly string[], { app }: Facts): boolean {
  return app !== undefined && names.some((name) => name.toLowerCase() === app.toLowerCase());
}

/** As with paths: to permit, a rule must cover every host; to forbid or ask, one is enough. */
function matchesDomains(globs: readonly string[], rule: Rule, { domains = [] }: Facts): boolean {
  const isMatch = picomatch([...globs], { nocase: true });
  if (domains.length === 0) return false;
  return rule.decision === "execute" ? domains.every((one) => isMatch(one)) : domains.some((one) => isMatch(one));
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
