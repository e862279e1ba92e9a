import { Problem } from "../../problem.ts";
import { plain } from "./act-select.ts";
import type { AccessibilityBus } from "./bus.ts";
import type { Outline } from "./cached.ts";
import { readChildren } from "./children.ts";
import type { Deed, Subject } from "./deed.ts";
import { chainOf, readElement } from "./element.ts";
import type { Look } from "./look.ts";
import { press } from "./press.ts";
import { startSettling } from "./settle.ts";

const BAR_LEVELS = 8;
const BAR_SEARCH = 400;
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
    const next = items.find((item) => plain(item.name) === plain(name));
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
  const window = (await chainOf(look, target)).at(-1) ?? target;
  const root = await readElement(look, window);
  let level = root instanceof Problem ? [] : [root];
  let read = 0;
  for (let depth = 0; depth < BAR_LEVELS && level.length > 0 && read < BAR_SEARCH; depth++) {
    const bar = level.find(({ role }) => role === "menu bar");
    if (bar !== undefined) return bar;
    const next = await Promise.all(level.map((outline) => childrenOf(look, outline)));
    level = next.flat();
    read += level.length;
  }
  return undefined;
}

async function itemsOf(look: Look, menu: Outline): Promise<Outline[]> {
  const children = await childrenOf(look, menu);
  const [only] = children;
  const isHolder = children.length === 1 && only !== undefined && HOLDERS.has(only.role) && only.childCount > 0;
  return isHolder ? itemsOf(look, only) : children;
}

async function childrenOf(look: Look, outline: Outline): Promise<Outline[]> {
  const fresh = await readElement(look, outline.target);
  if (fresh instanceof Problem) return [];
  const { children } = await readChildren(look, fresh, undefined);
  const read = await Promise.all(children.map((child) => readElement(look, child)));
  return read.flatMap((each) => (each instanceof Problem ? [] : [each]));
}
