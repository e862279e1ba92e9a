import picomatch from "picomatch";
import type { Decision } from "../../protocol/values.ts";

type Test = (value: string) => boolean;

/**
 * Whether a real path is one that a rule with these globs and this decision speaks about. A rule that permits means just
 * what it says. One that forbids or asks fails closed: it means what lies below as well, and no other spelling of case or
 * Unicode gets around it, since some file systems take these for the same name.
 */
export function pathTest(globs: readonly string[], decision: Decision): Test {
  if (decision === "execute") return anyOf(globs, { isExact: true, isPath: true });
  const below = globs.flatMap((glob) => [glob, `${glob.replace(/\/+$/, "")}/**`]);
  const isMatch = anyOf(below.map(composed), { isExact: false, isPath: true });
  return (path) => isMatch(composed(path));
}

/**
 * Whether a host, with or without a port, is one that a rule speaks about. One that forbids or asks speaks about every
 * port of its host, and about a wildcard under which its host would be reached.
 */
export function hostTest(globs: readonly string[], decision: Decision): Test {
  const isMatch = anyOf(globs, { isExact: false, isPath: false });
  if (decision === "execute") return isMatch;
  const hosts = globs.map((glob) => portless(glob).toLowerCase());
  const isHost = anyOf(hosts, { isExact: false, isPath: false });
  return (value) => {
    const host = portless(value).toLowerCase();
    if (isMatch(value) || isMatch(host)) return true;
    if (host === value.toLowerCase() && isHost(host)) return true;
    return host.startsWith("*.") && hosts.some((one) => one.endsWith(host.slice(1)));
  };
}

/** Whether a text is one of those that globs stand for, in any case. */
export function textTest(globs: readonly string[]): Test {
  return anyOf(globs, { isExact: false, isPath: false });
}

/**
 * Globs without wildcards, as grants have them, are compared letter by letter: what is in them a stranger may have named,
 * and a pattern made of it could match something else, or take for ever.
 */
function anyOf(globs: readonly string[], { isExact, isPath }: { isExact: boolean; isPath: boolean }): Test {
  const plain = new Set<string>();
  const patterns: string[] = [];
  for (const glob of globs) {
    const text = literalText(glob);
    if (text === undefined) patterns.push(glob);
    else plain.add(isExact ? text : text.toLowerCase());
  }
  const flags = isExact ? "s" : "is";
  const isMatch = patterns.length === 0 ? undefined : picomatch(patterns, { dot: true, bash: !isPath, flags });
  return (value) => plain.has(isExact ? value : value.toLowerCase()) || isMatch?.(value) === true;
}

/** What a glob says where every special letter in it is escaped. */
function literalText(glob: string): string | undefined {
  const hasWildcard = /[*?[\]{}()!+@|"\\]/.test(glob.replace(/\\./gs, ""));
  return hasWildcard ? undefined : glob.replace(/\\(.)/gs, "$1");
}

/** One spelling for texts that look the same. */
export function composed(text: string): string {
  return text.normalize("NFC");
}

function portless(host: string): string {
  return host.replace(/(?<=[^:]):\d+$/, "");
}
