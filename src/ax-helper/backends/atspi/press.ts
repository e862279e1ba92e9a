import { Problem } from "../../problem.ts";
import type { AccessibilityBus } from "./bus.ts";
import { type Deed, demand, type Subject } from "./deed.ts";
import { readElement } from "./element.ts";
import { chooseMenuItem } from "./menu-item.ts";
import { clickElement } from "./pointer.ts";
import { asCount, asText } from "./values.ts";

const MAX_ACTIONS = 8;
/** What a click would do, in the words of the toolkits; the first that an element has is taken. */
const CLICKS = ["click", "press", "activate", "jump", "toggle", "check", "uncheck", "select", "open", "dodefault"];
/** These do something else than a click. */
const OTHERS = new Set([
  "setfocus",
  "showmenu",
  "expand or contract",
  "edit",
  "clickancestor",
  "click ancestor",
  "menu",
]);

/** Presses an element; one without an action of its own is clicked where it can be seen. */
export async function press(subject: Subject, bus: AccessibilityBus): Promise<Deed | Problem> {
  const { look, target, now } = subject;
  const chosen = await chooseMenuItem(subject, bus);
  if (chosen !== undefined) return chosen;
  const names: string[] = [];
  const count = now.ifaces.includes("Action") ? asCount(await look.get(target, "Action.NActions")) : 0;
  for (let index = 0; index < Math.min(count, MAX_ACTIONS); index++) {
    const name = await look.call(target, "Action.GetName", { signature: "i", body: [index] });
    names.push(asText(name, 100).toLowerCase());
  }
  const best = CLICKS.map((click) => names.indexOf(click)).find((index) => index >= 0);
  const index = best ?? names.findIndex((name) => !OTHERS.has(name));
  if (index >= 0) {
    const done = look.call(target, "Action.DoAction", { signature: "i", body: [index] });
    return demand(done, `The program refused to ${names[index] ?? "press"} it.`);
  }
  const clicked = await clickElement(subject, { action: "click" });
  if (!(clicked instanceof Problem)) return clicked;
  return new Problem("unsupported", `It has no action like a click. ${clicked.message}`, names);
}

/** Whether something that can be on or off is on. */
function isOn(states: readonly string[]): boolean {
  return states.includes("checked") || states.includes("pressed");
}

/** Switches it, unless it is as wanted already. */
export async function toggle(
  subject: Subject,
  bus: AccessibilityBus,
  on: boolean | undefined,
): Promise<Deed | Problem> {
  const { look, target, now } = subject;
  const before = isOn(now.states);
  // Its press would do something, but switch nothing.
  if (now.role === "push button" && !before && !now.states.includes("checkable"))
    return new Problem("unsupported", "It is a plain button, never on or off, so nothing was done. Press it instead.");
  const asked = on ?? !before;
  if (before === asked)
    return {
      by: "accessibility",
      check: async () => ({ verified: true, note: `It was ${before ? "on" : "off"} already.` }),
    };
  const deed = await press(subject, bus);
  if (deed instanceof Problem) return deed;
  const check = async () => {
    const after = await readElement(look, target);
    if (after instanceof Problem) return {};
    const is = isOn(after.states);
    return { verified: is === asked, note: `It is ${is ? "on" : "off"}.` };
  };
  return { ...deed, check };
}

/** Gives it the keyboard. */
export async function focus({ look, target }: Subject): Promise<Deed | Problem> {
  const deed = await demand(look.call(target, "Component.GrabFocus"), "The program refused to give it the keyboard.");
  if (deed instanceof Problem) return deed;
  const check = async () => {
    const after = await readElement(look, target);
    return after instanceof Problem ? {} : { verified: after.states.includes("focused") };
  };
  return { ...deed, check };
}
