import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { literalGlob } from "../src/agent/policy/literal-glob.ts";
import type { Rule } from "../src/protocol/values.ts";

const SPECIAL = /[\\*?[\]{}()!+@|"]/;

/**
 * Rules that forbid or ask, with the real place beside the one they name, where links lead elsewhere: facts hold real
 * paths, and on macOS `/tmp` and `/etc` are links. Links are looked at once, here; a rule that permits stays as it is,
 * since whoever can change a link could widen it.
 */
export function withRealPaths(rules: readonly Rule[]): Rule[] {
  return rules.map((rule) => {
    const { path } = rule.when;
    if (path === undefined || rule.decision === "execute" || rule.layer !== "config") return rule;
    const globs = typeof path === "string" ? [path] : path;
    const more = globs.map(realGlob).filter((glob) => !globs.includes(glob));
    return more.length === 0 ? rule : { ...rule, when: { ...rule.when, path: [...globs, ...more] } };
  });
}

function realGlob(glob: string): string {
  const parts = glob.split("/");
  const index = parts.findIndex((part) => SPECIAL.test(part));
  const plain = index === -1 ? parts : parts.slice(0, index);
  const head = plain.join("/");
  if (!head.startsWith("/")) return glob;
  const real = realOf(head);
  return real === head ? glob : [literalGlob(real), ...parts.slice(plain.length)].join("/");
}

/** Links resolved as far as the path exists. */
function realOf(path: string): string {
  let end = path;
  for (;;) {
    try {
      return join(realpathSync(end), path.slice(end.length));
    } catch {
      if (dirname(end) === end) return path;
      end = dirname(end);
    }
  }
}
