import { Problem } from "../../problem.ts";
import type { AccessibilityBus, Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import type { Deed, Subject } from "./deed.ts";
import { activeWindowOf, chainOf, readElement, toolkitOf } from "./element.ts";
import { pressKeys } from "./input.ts";
import type { Look } from "./look.ts";
import { startSettling } from "./settle.ts";

const ITEMS = new Set(["menu item", "check menu item", "radio menu item"]);
const TOOLKIT = "gtk";
const OPEN = 0;

/**
 * Chooses an item of a menu of GTK 3 as a person would: opens the menus above it, selects it, presses Return. Its own
 * action would run within the program's answer to us, and a dialog that it opens would leave the program deaf until somebody
 * closed it. Undefined where this cannot be done, as for a window without the keyboard.
 */
export async function chooseMenuItem(subject: Subject, bus: AccessibilityBus): Promise<Deed | undefined> {
  const { look, target, now } = subject;
  if (!ITEMS.has(now.role) || (await toolkitOf(look, target)) !== TOOLKIT) return undefined;
  if ((await activeWindowOf(look, target)) instanceof Problem) return undefined;
  const above = (await chainOf(look, target)).slice(1);
  if (!now.states.includes("showing")) await openMenus(look, bus, above.reverse());
  const [parent] = (await chainOf(look, target)).slice(1);
  const index = await look.call(target, "Accessible.GetIndexInParent");
  if (parent === undefined || typeof index !== "number" || index < 0) return undefined;
  await look.call(parent, "Selection.SelectChild", { signature: "i", body: [index] });
  const after = await readElement(look, target);
  if (!isReady(after)) return undefined;
  return (await pressKeys(look, { modifiers: [], key: "Return" })) === undefined ? { by: "input" } : undefined;
}

function isReady(item: Outline | Problem): boolean {
  return !(item instanceof Problem) && item.states.includes("showing") && item.states.includes("selected");
}

/** Opens menus from the outermost to the innermost. */
async function openMenus(look: Look, bus: AccessibilityBus, above: readonly Target[]): Promise<void> {
  for (const target of above) {
    const menu = await readElement(look, target);
    if (menu instanceof Problem || menu.role !== "menu") continue;
    const settling = await startSettling(bus, target.bus);
    await look.call(target, "Action.DoAction", { signature: "i", body: [OPEN] });
    await settling.quiet();
    settling.stop();
  }
}
