import type { Rule } from "../../protocol/values.ts";
import { literalGlob } from "./literal-glob.ts";
import { OWN_FACES } from "../../protocol/own-faces.ts";

/**
 * What no rule, grant or `--yes` can lift: the home of loopd and credentials stay closed to every tool, and no tool drives
 * a program in which the person answers loopd.
 */
const FLOOR: readonly Rule[] = [
  {
    id: "floor-protected",
    layer: "floor",
    when: { isProtected: true },
    decision: "deny",
    reason: "This place holds loopd's own state or credentials; no tool may touch it, and no approval can change that.",
  },
  {
    id: "floor-own-faces",
    layer: "floor",
    when: { effect: "ui", app: [...OWN_FACES] },
    decision: "deny",
    reason:
      "The person answers loopd's questions in this program; no tool may open or drive it, and no approval can change that.",
  },
];

/**
 * What holds where nobody said otherwise: looking around in the workspace and commands that can change nothing else and
 * reach nobody are free, everything else asks a person.
 */
const DEFAULTS: readonly Rule[] = [
  { id: "default-read-workspace", layer: "default", when: { effect: "read", inWorkspace: true }, decision: "execute" },
  { id: "default-state", layer: "default", when: { effect: "state" }, decision: "execute" },
  {
    id: "default-sandbox-network",
    layer: "default",
    when: { effect: "exec", isSandboxed: true, domain: "*" },
    decision: "requiresApproval",
  },
  { id: "default-sandboxed", layer: "default", when: { effect: "exec", isSandboxed: true }, decision: "execute" },
  { id: "default-trusted-read", layer: "default", when: { effect: "read", isTrusted: true }, decision: "execute" },
  { id: "default-ask", layer: "default", when: {}, decision: "requiresApproval" },
];

/** The whole list: floor, the person's rules, defaults. `home` is the real path that `~` stands for in a rule's globs. */
export function standingRules(configured: readonly Omit<Rule, "layer">[], home: string): Rule[] {
  const written = configured.map((rule): Rule => ({ ...rule, layer: "config", when: withHome(rule.when, home) }));
  return [...FLOOR, ...written, ...DEFAULTS];
}

/** Facts hold real paths, so a glob that begins with `~` would match nothing, and a rule that forbids would permit. */
function withHome(when: Rule["when"], home: string): Rule["when"] {
  if (when.path === undefined) return when;
  const literal = literalGlob(home);
  const globs = Array.isArray(when.path) ? when.path : [when.path];
  return { ...when, path: globs.map((glob) => glob.replace(/^~(?=\/|$)/, () => literal)) };
}
