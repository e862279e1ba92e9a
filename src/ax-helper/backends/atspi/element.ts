import { Problem } from "../../problem.ts";
import type { Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import type { Look } from "./look.ts";
import { readOutline } from "./outline.ts";
import { asList, asTarget, asText, idOf } from "./values.ts";
import { interfaceName } from "./words.ts";

const MAX_LEVELS = 200;

/** What an element is now, with its interfaces even if it does not show. */
export async function readElement(look: Look, target: Target): Promise<Outline | Problem> {
  const outline = await readOutline(look, target);
  if (outline instanceof Problem || outline.ifaces.length > 0) return outline;
  const interfaces = asList(await look.call(target, "Accessible.GetInterfaces"));
  return { ...outline, ifaces: interfaces.map((each) => interfaceName(asText(each, 100))) };
}

/** The element above, or undefined. */
export async function parentOf(look: Look, target: Target): Promise<Target | undefined> {
  return asTarget(await look.get(target, "Accessible.Parent"));
}

/** An element and everything above it, up to its window. */
export async function chainOf(look: Look, target: Target): Promise<Target[]> {
  const chain = [target];
  const root = `${target.bus}/org/a11y/atspi/accessible/root`;
  for (let at: Target | undefined = target; at !== undefined && chain.length < MAX_LEVELS;) {
    at = await parentOf(look, at);
    if (at === undefined || idOf(at) === root || at.bus !== target.bus) break;
    chain.push(at);
  }
  return chain;
}

/** The window of an element, if it has the keyboard; a problem that says so otherwise. */
export async function activeWindowOf(look: Look, target: Target): Promise<Target | Problem> {
  const window = (await chainOf(look, target)).at(-1) ?? target;
  const outline = await readOutline(look, window);
  if (outline instanceof Problem) return outline;
  if (outline.states.includes("active")) return window;
  const which = JSON.stringify(outline.name);
  return new Problem(
    "not-focused",
    `The window ${which} does not have the keyboard, so no keys or clicks were sent to it.`,
  );
}

/** The library that a program's windows are made of, such as `gtk`, `GAIL` (GTK 2) or `Qt`. */
export async function toolkitOf(look: Look, { bus }: Target): Promise<string> {
  return asText(await look.get({ bus, path: "/org/a11y/atspi/accessible/root" }, "Application.ToolkitName"), 100);
}
