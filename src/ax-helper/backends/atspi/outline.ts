import { Problem } from "../../problem.ts";
import { MAX_DESCRIPTION, MAX_NAME, type Outline } from "./cached.ts";
import type { Target } from "./bus.ts";
import type { Look } from "./look.ts";
import { asList, asNumbers, asText } from "./values.ts";
import { interfaceName, roleName, stateNames } from "./words.ts";

/** Whether an element is on view, as far as its program says. */
export function isShown(look: Look, { target, states }: Pick<Outline, "target" | "states">): boolean {
  return states.includes("showing") || (look.unsaid.has(target.bus) && states.includes("visible"));
}

/** Asks an element what it is; of what does not show, only what is needed to count it. */
export async function readOutline(look: Look, target: Target): Promise<Outline | Problem> {
  const [role, states, name, count] = await Promise.all([
    look.call(target, "Accessible.GetRole"),
    look.call(target, "Accessible.GetState"),
    look.get(target, "Accessible.Name"),
    look.get(target, "Accessible.ChildCount"),
  ]);
  if (role instanceof Problem) return role;
  if (states instanceof Problem) return states;
  const outline: Outline = {
    target,
    role: roleName(typeof role === "number" ? role : -1),
    name: asText(name, MAX_NAME),
    desc: "",
    states: stateNames(asNumbers(states)),
    ifaces: [],
    childCount: typeof count === "number" ? count : 0,
  };
  if (outline.states.includes("defunct")) return new Problem("gone", "The element is no longer there.");
  if (!isShown(look, outline)) return outline;
  const [description, interfaces] = await Promise.all([
    look.get(target, "Accessible.Description"),
    look.call(target, "Accessible.GetInterfaces"),
  ]);
  outline.desc = asText(description, MAX_DESCRIPTION);
  outline.ifaces = asList(interfaces).map((each) => interfaceName(asText(each, 100)));
  return outline;
}
