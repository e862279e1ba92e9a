import picomatch from "picomatch";
import type { Facts, Rule } from "../../protocol/values.ts";
import type { ParsedCall } from "../ports.ts";
import type { Circumstances } from "./circumstances.ts";
import { matches } from "./match.ts";

/**
 * Tells of each real path that a decided call meets on its way, below a folder, whether the rules forbid the same call
 * about that path itself: what must not be read must not be found from above either. Undefined where they forbid none.
 * As in `decide`, the first rule of each layer that speaks about the path answers for its layer.
 */
export function closedPaths(
  call: ParsedCall,
  facts: Facts,
  around: Circumstances,
  rules: readonly Rule[],
): ((path: string) => boolean) | undefined {
  const speaking = rules.filter((rule) => rule.layer !== "grant" && isAbout(rule, call, facts, around));
  if (!speaking.some(({ decision, when }) => decision === "deny" && when.path !== undefined)) return undefined;
  const layers = Map.groupBy(speaking, ({ layer }) => layer);
  const answers = [...layers.values()].map((layer) => layer.map(testOf));
  return (path) => answers.some((layer) => layer.find(({ covers }) => covers(path))?.isDenied === true);
}

/** Whether a rule speaks about the call, whatever its paths. */
function isAbout(rule: Rule, call: ParsedCall, facts: Facts, around: Circumstances): boolean {
  return matches({ ...rule, when: { ...rule.when, path: undefined } }, call, facts, around);
}

function testOf({ when: { path }, decision }: Rule): { isDenied: boolean; covers: (path: string) => boolean } {
  const isDenied = decision === "deny";
  if (path === undefined) return { isDenied, covers: () => true };
  return { isDenied, covers: picomatch(typeof path === "string" ? [path] : path, { dot: true }) };
}
