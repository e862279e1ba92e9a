import type { Facts, Rule } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";
import type { Circumstances } from "./circumstances.ts";
import { beginsWith, mayRun } from "./command-test.ts";
import { composed, hostTest, pathTest, textTest } from "./globs.ts";
import { appKey } from "../../protocol/own-faces.ts";

/** Whether a rule speaks about a call. Matchers look at facts, never at substrings of arguments. */
export function matches(rule: Rule, call: ParsedCall, facts: Facts, around: Circumstances): boolean {
  if (!matchesCircumstances(rule, around)) return false;
  const { tool, effect, path, command, inWorkspace, isProtected, domain, isSandboxed, isTrusted, argv } = rule.when;
  if (tool !== undefined && !listOf(tool).some((one) => isNamed(call.name, one))) return false;
  if (effect !== undefined && !listOf(effect).includes(call.effect)) return false;
  if (inWorkspace !== undefined && facts.inWorkspace !== inWorkspace) return false;
  if (isProtected !== undefined && (facts.isProtected ?? false) !== isProtected) return false;
  if (isSandboxed !== undefined && (facts.isSandboxed ?? false) !== isSandboxed) return false;
  if (isTrusted !== undefined && (facts.isTrusted ?? false) !== isTrusted) return false;
  if (!matchesWindow(rule, facts)) return false;
  if (domain !== undefined && !covers(rule, facts.domains, hostTest(listOf(domain), rule.decision))) return false;
  if (path !== undefined && !covers(rule, facts.paths, pathTest(listOf(path), rule.decision))) return false;
  if (argv !== undefined && !isSameVector(argv, facts)) return false;
  if (command !== undefined && !matchesCommand(command, rule, facts)) return false;
  return true;
}

/** What a rule says about the turn rather than about the call. */
function matchesCircumstances(rule: Rule, around: Circumstances): boolean {
  const { origin, taint, endpointTrust, env } = rule.when;
  if (origin !== undefined && !matchesOrigin(listOf(origin), rule, around)) return false;
  if (endpointTrust !== undefined && !matchesTrust(listOf(endpointTrust), rule, around)) return false;
  if (taint !== undefined && !covers(rule, around.taints, textTest(listOf(taint)))) return false;
  const values = around.overrides.env ?? {};
  return Object.entries(env ?? {}).every(([key, wanted]) => {
    return Object.hasOwn(values, key) && listOf(wanted).includes(values[key] ?? "");
  });
}

/** A rule that forbids or asks whoever is worked for does so for the delegate; to permit, it must speak of delegates. */
function matchesOrigin(wanted: readonly string[], { decision }: Rule, { origin, worksFor }: Circumstances): boolean {
  return (
    wanted.includes(origin) || (decision !== "execute" && worksFor !== undefined && wanted.includes(worksFor.origin))
  );
}

/** What a delegate finds out reaches the endpoint that it works for as well as its own. */
function matchesTrust(wanted: readonly string[], { decision }: Rule, around: Circumstances): boolean {
  const { endpointTrust, worksFor = { endpointTrust } } = around;
  const reached = [endpointTrust, worksFor.endpointTrust];
  return decision === "execute"
    ? reached.every((one) => wanted.includes(one))
    : reached.some((one) => wanted.includes(one));
}

/** To permit, a rule must cover every value; to forbid or ask, one is enough. */
function covers({ decision }: Rule, values: readonly string[] = [], test: (value: string) => boolean): boolean {
  if (values.length === 0) return false;
  return decision === "execute" ? values.every(test) : values.some(test);
}

function isSameVector(wanted: readonly string[], { argv, isCompound }: Facts): boolean {
  if (isCompound === true || argv?.length !== wanted.length) return false;
  return wanted.every((word, index) => argv[index] === word);
}

function isNamed(name: string, wanted: string): boolean {
  return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

/** What a rule says about the application, its window and the control in it. */
function matchesWindow(rule: Rule, { app, window, control }: Facts): boolean {
  const { when } = rule;
  const { action, role, name } = when.control ?? {};
  if (when.control !== undefined && control === undefined) return false;
  return (
    (when.app === undefined || (app !== undefined && isApp(rule, listOf(when.app), app))) &&
    isLike(when.window, window) &&
    isLike(action, control?.action) &&
    isLike(role, control?.role) &&
    isLike(name, control?.name)
  );
}

/** A rule that forbids or asks knows an application by its file too. */
function isApp({ decision }: Rule, names: readonly string[], app: string): boolean {
  const key = decision === "execute" ? (name: string) => name.toLowerCase() : appKey;
  return names.some((name) => key(name) === key(app));
}

function isLike(wanted: string | string[] | undefined, value: string | undefined): boolean {
  if (wanted === undefined) return true;
  return value !== undefined && textTest(listOf(wanted).map(composed))(composed(value));
}

/** A compound shell line never matches a rule that permits; its words tell nothing about what it runs. */
function matchesCommand(prefix: readonly string[], rule: Rule, facts: Facts): boolean {
  if (facts.isCompound === true) return rule.decision !== "execute";
  const { argv } = facts;
  if (argv === undefined) return false;
  return rule.decision === "execute" ? beginsWith(argv, prefix) : mayRun(argv, prefix);
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
