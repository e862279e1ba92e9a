import type { ActionOf } from "../../../protocol/screen-action.ts";
import { Problem } from "../../problem.ts";
import type { Target } from "./bus.ts";
import { type Deed, demand, type Subject } from "./deed.ts";
import { activeWindowOf, chainOf } from "./element.ts";
import { refuseOtherHit } from "./hit.ts";
import { clickAt } from "./input.ts";
import type { Look } from "./look.ts";
import { readOutline } from "./outline.ts";
import { readRect } from "./node.ts";
import { asList, asTarget } from "./values.ts";

const BUTTON = 1;
const WHEEL = { up: 4, down: 5, left: 6, right: 7 };
const NOTCHES_PER_PAGE = 5;
const ANYWHERE = 6;
const MAX_SIBLINGS = 20;

/** Clicks a point of an element, if the element is what lies there and its window has the keyboard. */
export async function clickElement(subject: Subject, act: ActionOf<"click">): Promise<Deed | Problem> {
  const point = await pointOf(subject, act);
  if (point instanceof Problem) return point;
  for (let count = act.count ?? 1; count > 0; count--) {
    const problem = await clickAt(subject.look, point[0], point[1], BUTTON);
    if (problem !== undefined) return problem;
  }
  return { by: "input" };
}

async function pointOf({ look, target }: Subject, { x, y }: Partial<ActionOf<"click">>) {
  const window = await activeWindowOf(look, target);
  if (window instanceof Problem) return window;
  const rect = await readRect(look, target);
  if (rect === undefined)
    return new Problem("off-element", "It has no place on the screen. Scroll it into view first.");
  const [left, top, width, height] = rect;
  const point: [number, number] = [x ?? left + width / 2, y ?? top + height / 2];
  const isInside = point[0] >= left && point[0] < left + width && point[1] >= top && point[1] < top + height;
  if (!isInside) return new Problem("off-element", `The point lies outside of it: ${rect.join(", ")}.`);
  return (await refuseOtherHit(look, { window, target }, point)) ?? point;
}

/** Scrolls an element into view, or what scrolls it by pages. */
export async function scroll(subject: Subject, act: ActionOf<"scroll">): Promise<Deed | Problem> {
  const { look, target } = subject;
  if (act.direction === undefined) {
    const into = look.call(target, "Component.ScrollTo", { signature: "u", body: [ANYWHERE] });
    const deed = await demand(into, "");
    if (!(deed instanceof Problem)) return deed;
    // GTK 3 scrolls to what gets the keyboard.
    return demand(look.call(target, "Component.GrabFocus"), "The program cannot scroll to it.");
  }
  const pages = act.pages ?? 1;
  const isBack = act.direction === "up" || act.direction === "left";
  const isVertical = act.direction === "up" || act.direction === "down";
  const bar = await barAround(look, target, isVertical);
  if (bar !== undefined) return turnBar(look, bar, isBack ? -pages : pages);
  const point = await pointOf(subject, {});
  if (point instanceof Problem) return new Problem("unsupported", `Nothing around it scrolls. ${point.message}`);
  for (let notch = Math.ceil(pages * NOTCHES_PER_PAGE); notch > 0; notch--) {
    const problem = await clickAt(look, point[0], point[1], WHEEL[act.direction]);
    if (problem !== undefined) return problem;
  }
  return { by: "input" };
}

interface Bar {
  target: Target;
  /** How much of what it scrolls is on view, in points. */
  length: number;
}

/** The nearest scroll bar of that direction beside or above an element. */
async function barAround(look: Look, target: Target, isVertical: boolean): Promise<Bar | undefined> {
  for (const around of await chainOf(look, target)) {
    const count = await look.get(around, "Accessible.ChildCount");
    if (typeof count !== "number" || count > MAX_SIBLINGS) continue;
    for (const child of asList(await look.call(around, "Accessible.GetChildren")).flatMap(
      (each) => asTarget(each) ?? [],
    )) {
      const outline = await readOutline(look, child);
      if (outline instanceof Problem || outline.role !== "scroll bar" || !outline.states.includes("showing")) continue;
      const rect = await readRect(look, around);
      const [, , width = 0, height = 0] = rect ?? [];
      if (outline.states.includes("vertical") === isVertical)
        return { target: child, length: isVertical ? height : width };
    }
  }
  return undefined;
}

async function turnBar(look: Look, { target, length }: Bar, pages: number): Promise<Deed | Problem> {
  const read = async (name: string) => {
    const value = await look.get(target, `Value.${name}`);
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  };
  const [now, least, most] = [await read("CurrentValue"), await read("MinimumValue"), await read("MaximumValue")];
  if (now === undefined || least === undefined || most === undefined)
    return new Problem("unsupported", "Its scroll bar cannot be moved.");
  // Most count in points; where the range is too small for that, a page is a fifth of it.
  const page = most - least > length ? length * 0.9 : Math.max(1, (most - least) / 5);
  const wanted = Math.min(most, Math.max(least, now + pages * page));
  const deed = await demand(look.set(target, "Value.CurrentValue", "d", wanted), "The program refused to scroll.");
  if (deed instanceof Problem) return deed;
  const check = async () => {
    const after = await read("CurrentValue");
    return { verified: after !== undefined && (after !== now || wanted === now), ...atEnd(after, least, most) };
  };
  return { ...deed, check };
}

function atEnd(value: number | undefined, least: number, most: number): { note?: string } {
  if (value === undefined) return {};
  if (value <= least) return { note: "It is at its beginning." };
  return value >= most ? { note: "It is at its end." } : {};
}
