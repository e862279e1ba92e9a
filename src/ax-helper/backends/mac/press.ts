import type { ActionOf } from "../../../protocol/screen-action.ts";
import { Problem } from "../../problem.ts";
import { type Check, checkedBy, type Deed, demand, type Subject, tellWhether } from "./deed.ts";
import type { Glimpse } from "./elements.ts";

/** Presses an element; one that cannot be pressed is picked or selected, and clicked only where it has nothing else. */
export async function press(subject: Subject): Promise<Deed | Problem> {
  const { look, element, now } = subject;
  const pressed = await demand(look, { action: "press", element: element.id }, "accessibility");
  if (!(pressed instanceof Problem) || pressed.code !== "unsupported") return pressed;
  const actions = pressed.choices ?? [];
  if (actions.includes("AXPick"))
    return demand(look, { action: "perform", element: element.id, name: "AXPick" }, "accessibility");
  if (now.node.selected !== undefined) {
    const selected = await demand(look, { action: "select", element: element.id }, "accessibility");
    if (!(selected instanceof Problem) || selected.code !== "unsupported") return selected;
  }
  const clicked = await click(subject, { action: "click" });
  if (!(clicked instanceof Problem)) return clicked;
  return new Problem("unsupported", `It has no action like a click. ${clicked.message}`, actions);
}

/** Clicks a point of an element, if the element is what lies there. */
export async function click(subject: Subject, { x, y, count = 1 }: ActionOf<"click">): Promise<Deed | Problem> {
  const { look, element, now } = subject;
  const [left, top, width, height] = now.node.rect ?? [0, 0, 0, 0];
  const point = x === undefined && y === undefined ? {} : { x: x ?? left + width / 2, y: y ?? top + height / 2 };
  return demand(look, { action: "click", element: element.id, count, ...point }, "input");
}

/** Switches it, unless it is as wanted already. */
export async function toggle(subject: Subject, on: boolean | undefined): Promise<Deed | Problem> {
  const before = isOn(subject.now);
  const asked = on ?? !before;
  if (before === asked) {
    const check = async (): Promise<Check> => ({ verified: true, note: `It was ${before ? "on" : "off"} already.` });
    return { by: "accessibility", outcome: "done", check };
  }
  return checkedBy(await press(subject), subject, (after) => {
    const is = isOn(after);
    return tellWhether(is === asked, `It is ${is ? "on" : "off"}.`);
  });
}

/** Whether something that can be on or off, or open or closed, is on. */
function isOn({ raw: { states } }: Glimpse): boolean {
  if (states.includes("checkable")) return states.includes("checked");
  return states.includes("expandable") ? states.includes("expanded") : states.includes("selected");
}

/** Gives it the keyboard. */
export async function focus(subject: Subject): Promise<Deed | Problem> {
  const deed = await demand(subject.look, { action: "focus", element: subject.element.id }, "accessibility");
  return checkedBy(deed, subject, ({ node }) => (node.focused === undefined ? {} : { verified: node.focused }));
}

/** Scrolls an element into view, or what it is in by pages. */
export function scroll({ look, element }: Subject, act: ActionOf<"scroll">): Promise<Deed | Problem> {
  if (act.direction === undefined) return demand(look, { action: "scroll-to", element: element.id }, "accessibility");
  const pages = Math.max(1, Math.min(Math.round(act.pages ?? 1), 20));
  return demand(look, { action: "scroll", element: element.id, direction: act.direction, pages }, "accessibility");
}
