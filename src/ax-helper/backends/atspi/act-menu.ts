import { Problem } from "../../problem.ts";
import { plainName } from "../../actions/plain-name.ts";
import type { AccessibilityBus } from "./bus.ts";
import type { Outline } from "./cached.ts";
import type { Deed, Subject } from "./deed.ts";
import { childrenOf, levelsOf } from "./levels.ts";
import type { Look } from "./look.ts";
import { press } from "./press.ts";
import { startSettling } from "./settle.ts";

const HOLDERS = new Set(["popup menu", "menu", "window", "panel", "filler"]);

/** Walks a window's menu bar by names and presses the last of them. Nothing is pressed if a name is missing. */
export async function pressMenu(
  subject: Subject,
  bus: AccessibilityBus,
  path: readonly string[],
): Promise<Deed | Problem> {
  const { look } = subject;
  const bar = await menuBarOf(subject);
  if (bar === undefined)
    return new Problem("unsupported", "This window has no menu bar. Read the screen for its buttons.");
  let level = bar;
  for (const [depth, name] of path.entries()) {
    let items = await itemsOf(look, level);
    if (items.length === 0 && depth > 0) {
      // Some menus are only made when they open.
      const settling = await startSettling(bus, level.target.bus);
      const opened = await press({ look, target: level.target, now: level }, bus);
      await settling.quiet();
      settling.stop();
      if (opened instanceof Problem) return opened;
      items = await itemsOf(look, level);
    }
    const next = items.find((item) => plainName(item.name) === plainName(name));
    if (next === undefined) {
      const where = depth === 0 ? "The menu bar" : `The menu ${JSON.stringify(path[depth - 1])}`;
      const names = items.map((item) => item.name.trim()).filter((each) => each !== "");
      return new Problem("not-found", `${where} has no ${JSON.stringify(name)}.`, names);
    }
    if (!isUsable(next)) return new Problem("disabled", `${JSON.stringify(next.name.trim())} cannot be used now.`);
    level = next;
  }
  return press({ look, target: level.target, now: level }, bus);
}

/** Whether an element takes what is done to it. */
export function isUsable({ states }: Outline): boolean {
  return states.includes("enabled") || states.includes("sensitive");
}

async function menuBarOf({ look, target, now }: Subject): Promise<Outline | undefined> {
  if (now.role === "menu bar") return now;
  for await (const level of levelsOf(look, target, () => true)) {
    const bar = level.find(({ role }) => role === "menu bar");
    if (bar !== undefined) return bar;
  }
  return undefined;
}

async function itemsOf(look: Look, menu: Outline): Promise<Outline[]> {
  const children = await childrenOf(look, menu);
  const [only] = children;
  if (children.length !== 1 || only === undefined || !HOLDERS.has(only.role) || only.childCount === 0) return children;
  // A menu of another name is not what holds the items, but the only one of them.
  const isItem = only.role === "menu" && !["", plainName(menu.name)].includes(plainName(only.name));
  return isItem ? children : itemsOf(look, only);
}
