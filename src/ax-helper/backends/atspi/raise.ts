import { Problem } from "../../problem.ts";
import type { AccessibilityBus, Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import { activeWindowOf } from "./element.ts";
import { levelsOf } from "./levels.ts";
import type { Look } from "./look.ts";
import { startSettling } from "./settle.ts";

/**
 * Gives the window of an element the keyboard and waits until it has it; a problem if it does not take it. A window of GTK 3
 * cannot be asked itself, only something in it: a field for text before anything else, since menus work on what has the
 * keyboard, and which element that was is not told of a window without it.
 */
export async function raiseWindowOf(look: Look, bus: AccessibilityBus, target: Target): Promise<Target | Problem> {
  const taker = await takerOf(look, target);
  const settling = await startSettling(bus, target.bus);
  try {
    const taken = taker === undefined ? false : await look.call(taker.target, "Component.GrabFocus");
    const deadline = performance.now() + (taken === true ? look.limits.callMs : 0);
    for (;;) {
      await settling.quiet();
      const window = await activeWindowOf(look, target);
      const isOver = !(window instanceof Problem) || window.code !== "not-focused" || performance.now() >= deadline;
      if (isOver) return window;
    }
  } finally {
    settling.stop();
  }
}

/** What on view in a window may take the keyboard. */
async function takerOf(look: Look, target: Target): Promise<Outline | undefined> {
  let first: Outline | undefined;
  for await (const level of levelsOf(look, target, isOnView)) {
    const takers = level.filter((each) => isOnView(each) && each.states.includes("focusable"));
    const field = takers.find(({ states }) => states.includes("editable"));
    if (field !== undefined) return field;
    first ??= takers[0];
  }
  return first;
}

function isOnView({ role, states }: Outline): boolean {
  return role !== "menu bar" && states.includes("showing");
}
