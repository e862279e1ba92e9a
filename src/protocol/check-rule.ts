import type { RuleCondition } from "./values.ts";

/** What of a rule can match nothing. */
interface Mistake {
  key: "path" | "domain";
  words: string;
}

const PATH_START = /^(?:\/|~$|~\/|\*\*$|\*\*\/)/;
const PATH_WORDS =
  "a glob over absolute paths: it begins with /, ~/ or **/, has no . or .. between slashes, and no ! in front (put a rule for the exception before it)";
const DOMAIN = /^(?!.*\.(?::\d+)?$)[\x21-\x7e]+$/;
const DOMAIN_WORDS =
  "a host such as example.com or *.example.com, without scheme, path or final dot, and in its ASCII form (xn--...)";

/**
 * Conditions as a person may well write them that no fact could ever meet. A rule that forbids would then permit, so they
 * are refused instead.
 */
export function ruleMistakes({ path = [], domain = [] }: RuleCondition): Mistake[] {
  const badPaths = listOf(path).filter((glob) => !isPathGlob(glob));
  const badDomains = listOf(domain).filter((glob) => !DOMAIN.test(glob) || /:\/\/|[/@\\]/.test(glob));
  return [
    ...badPaths.map((glob): Mistake => ({ key: "path", words: `${JSON.stringify(glob)} is not ${PATH_WORDS}` })),
    ...badDomains.map((glob): Mistake => ({ key: "domain", words: `${JSON.stringify(glob)} is not ${DOMAIN_WORDS}` })),
  ];
}

function isPathGlob(glob: string): boolean {
  const inner = glob.replace(/\/$/, "").split("/").slice(1);
  return PATH_START.test(glob) && !inner.some((part) => part === "" || part === "." || part === "..");
}

function listOf(value: string | string[]): string[] {
  return typeof value === "string" ? [value] : value;
}
