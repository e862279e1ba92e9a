import { Problem } from "../../problem.ts";
import type { AccessibilityBus, Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import type { Deed, Subject } from "./deed.ts";
import { activeWindowOf, chainOf, readElement, toolkitOf } from "./element.ts";
import { pressKeys } from "./input.ts";
import type { Look } from "./look.ts";
import { raiseWindowOf } from "./raise.ts";
import { startSettling } from "./settle.ts";

const ITEM = "menu item";
/** These switch something: what their own action does ends at once. */
const SWITCHES = new Set(["check menu item", "radio menu item"]);
const TOOLKIT = "gtk";
const OPEN = 0;

/**
 * Chooses an item of a menu of GTK 3 as a person would: gives its window the keyboard, opens the menus above it, selects it,
 * presses Return. Its own action would run within the program's answer to us, and a dialog that it opens would leave the
 * program deaf until somebody closed it: an item whose window does not take the keyboard is refused, as nothing tells those
 * that open a dialog from the others. Undefined where its own action is to be used instead: for other toolkits, without a
 * keyboard to press, and for what only switches.
 */
export async function chooseMenuItem(subject: Subject, bus: AccessibilityBus): Promise<Deed | Problem | undefined> {
  const { look, target, now } = subject;
  const isSwitch = SWITCHES.has(now.role);
  if ((now.role !== ITEM && !isSwitch) || (await toolkitOf(look, target)) !== TOOLKIT) return undefined;
  const isActive = !((await activeWindowOf(look, target)) instanceof Problem);
  const window = isActive ? undefined : await raiseWindowOf(look, bus, target);
  if (window instanceof Problem) return isSwitch ? undefined : refusal(window);
  const above = (await chainOf(look, target)).slice(1);
  if (!now.states.includes("showing")) await openMenus(look, bus, above.reverse());
  const [parent] = (await chainOf(look, target)).slice(1);
  const index = await look.call(target, "Accessible.GetIndexInParent");
  if (parent === undefined || typeof index !== "number" || index < 0) return undefined;
  await look.call(parent, "Selection.SelectChild", { signature: "i", body: [index] });
  const after = await readElement(look, target);
  if (!isReady(after)) return undefined;
  if ((await pressKeys(look, { modifiers: [], key: "Return" })) !== undefined) return undefined;
  const check = async () => ({ note: "Its window was given the keyboard first." });
  return { by: "input", ...(isActive ? {} : { check }) };
}

function refusal(problem: Problem): Problem {
  if (problem.code !== "not-focused") return problem;
  return new Problem(
    "not-focused",
    "The window of this menu does not have the keyboard and did not take it, so nothing was chosen: a dialog that the " +
      "item opens would leave the program deaf. Close what waits in front of it, or ask the person to bring it forward.",
  );
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
