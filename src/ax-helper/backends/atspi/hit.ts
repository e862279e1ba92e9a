import { Problem } from "../../problem.ts";
import type { Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import { chainOf, readElement } from "./element.ts";
import type { Look } from "./look.ts";
import { asTarget, idOf } from "./values.ts";

const MAX_DEPTH = 60;

/** The innermost element of a window at a point of the screen, or null. */
export async function hitTest(look: Look, window: Target, x: number, y: number): Promise<Outline | Problem | null> {
  const seen = new Set<string>();
  let inner: Target | undefined;
  for (let at: Target | undefined = window; at !== undefined && seen.size < MAX_DEPTH;) {
    seen.add(idOf(at));
    const parameters = { signature: "iiu", body: [Math.round(x), Math.round(y), 0] };
    const answer = await look.call(at, "Component.GetAccessibleAtPoint", parameters);
    if (answer instanceof Problem && (inner === undefined || answer.code === "not-responding")) return answer;
    const hit = asTarget(answer);
    if (hit === undefined || seen.has(idOf(hit))) break;
    inner = at = hit;
  }
  return inner === undefined ? null : readElement(look, inner);
}

/** Whether a point of a window shows this element or something inside it: nothing if it does. */
export async function refuseOtherHit(
  look: Look,
  { window, target }: { window: Target; target: Target },
  [x, y]: readonly [number, number],
): Promise<Problem | undefined> {
  const hit = await hitTest(look, window, x, y);
  if (hit instanceof Problem) return hit;
  if (hit === null) return new Problem("off-element", "There is nothing of this window at that point.");
  const chain = await chainOf(look, hit.target);
  if (chain.some((each) => idOf(each) === idOf(target))) return undefined;
  const what = `${hit.role} ${JSON.stringify(hit.name)}`;
  return new Problem("occluded", `Something else is at that point: ${what}. Nothing was clicked.`);
}
