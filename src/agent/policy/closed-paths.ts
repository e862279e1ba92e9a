import type { Facts, Rule } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";
import type { Circumstances } from "./circumstances.ts";
import { pathTest } from "./globs.ts";
import { matches } from "./match.ts";

/**
 * Tells of each real path that a decided call meets on its way, below a folder, which rule forbids the same call about
 * that path itself: what must not be read must not be found from above either. Undefined where they forbid none. As in
 * `decide`, the first rule of each layer that speaks about the path answers for its layer.
 */
export function closingRule(
  call: ParsedCall,
  facts: Facts,
  around: Circumstances,
  rules: readonly Rule[],
): ((path: string) => Rule | undefined) | undefined {
  const speaking = rules.filter((rule) => rule.layer !== "grant" && isAbout(rule, call, facts, around));
  if (!speaking.some(({ decision, when }) => decision === "deny" && when.path !== undefined)) return undefined;
  const layers = Map.groupBy(speaking, ({ layer }) => layer);
  const answers = [...layers.values()].map((layer) => layer.map(testOf));
  return (path) => {
    const said = answers.map((layer) => layer.find(({ covers }) => covers(path))?.rule);
    return said.find((rule) => rule?.decision === "deny");
  };
}

/** Whether a rule speaks about the call, whatever its paths. */
function isAbout(rule: Rule, call: ParsedCall, facts: Facts, around: Circumstances): boolean {
  return matches({ ...rule, when: { ...rule.when, path: undefined } }, call, facts, around);
}

function testOf(rule: Rule): { rule: Rule; covers: (path: string) => boolean } {
  const { path } = rule.when;
  if (path === undefined) return { rule, covers: () => true };
  return { rule, covers: pathTest(typeof path === "string" ? [path] : path, rule.decision) };
}
