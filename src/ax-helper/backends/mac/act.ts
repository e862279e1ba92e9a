import type { Acted, Action, Expected } from "../../../protocol/screen-action.ts";
import { Problem } from "../../problem.ts";
import type { ScreenRequestOf } from "../../requests.ts";
import { select } from "./act-select.ts";
import { setValue, typeText } from "./act-text.ts";
import { type Deed, demand, type Subject } from "./deed.ts";
import type { MacElement } from "./element-name.ts";
import { elementOf, type Glimpse, glimpse } from "./elements.ts";
import { macChord } from "./keys.ts";
import type { Look } from "./look.ts";
import { click, focus, press, scroll, toggle } from "./press.ts";
import { startSettling } from "./settle.ts";
import { byTitles } from "./titles.ts";

/** The most levels of menus, and UTF-8 bytes of a title, that `loopd-screen` takes. */
const MOST_LEVELS = 8;
const MOST_TITLE = 400;
const UNKNOWN =
  "The program did not confirm it, so it may have happened. See what is there now; do not repeat it blindly.";

/**
 * Does something to an element, if it still is what was read, waits until its program is quiet, and looks whether it worked.
 * What happens after it was done is no problem any more: the answer then only says less.
 */
export async function act(
  look: Look,
  { element: name, expected, act: action }: ScreenRequestOf<"act">,
): Promise<Acted | Problem> {
  const element = elementOf(name);
  if (element instanceof Problem) return element;
  const settling = await startSettling(look, element.pid);
  const deed = await perform(look, element, expected, action);
  if (deed instanceof Problem) return deed;
  const { by, outcome, check } = deed;
  const events = await settling.quiet();
  if (outcome === "unknown") return { outcome, by, note: UNKNOWN, events };
  return { outcome, by, events, ...(await check?.()) };
}

async function perform(look: Look, element: MacElement, expected: Expected, action: Action): Promise<Deed | Problem> {
  const isOfProgram = action.action === "menu" || action.action === "key";
  // A program without a window has menus and takes keys; there is nothing of it to compare.
  if (element.id === 0 && !isOfProgram)
    return new Problem("unsupported", "It is no element; only its menus and keys can be used.");
  const now = element.id === 0 ? undefined : await glimpse(look, element);
  if (now instanceof Problem) return now;
  const stale = now === undefined ? undefined : whyStale(now, expected);
  if (stale !== undefined) return stale;
  if (action.action === "menu") return pressMenu(look, element, action.path);
  if (action.action === "key") return sendKeys(look, element, now, action.chord);
  return now === undefined ? new Problem("gone", "It is gone.") : performOn({ look, element, now }, action);
}

function performOn(subject: Subject, action: Exclude<Action, { action: "menu" | "key" }>): Promise<Deed | Problem> {
  switch (action.action) {
    case "press":
      return press(subject);
    case "focus":
      return focus(subject);
    case "toggle":
      return toggle(subject, action.on);
    case "set":
      return setValue(subject, action.value);
    case "type":
      return typeText(subject, action.text);
    case "select":
      return select(subject, action.option);
    case "scroll":
      return scroll(subject, action);
    case "click":
      return click(subject, action);
  }
}

/** Whether it is what was read; `loopd-screen` makes sure of the moment between this look and the action. */
function whyStale({ raw, ownName, node }: Glimpse, { role, name }: Expected): Problem | undefined {
  const roles = node.role === "AXMenu" ? [raw.role, "popup menu"] : [raw.role];
  if (roles.includes(role) && (name === (raw.name ?? "") || name === ownName)) return undefined;
  const is = `${raw.role} ${JSON.stringify((raw.name ?? "").slice(0, 120))}`;
  return new Problem(
    "stale",
    `It has changed since it was read: it is ${is} now. Read the screen again; nothing was done.`,
  );
}

async function pressMenu(look: Look, { pid }: MacElement, path: string[]): Promise<Deed | Problem> {
  if (path.length > MOST_LEVELS || path.some((title) => Buffer.byteLength(title) > MOST_TITLE))
    return new Problem("invalid", `A menu has at most ${MOST_LEVELS} levels, with titles of ${MOST_TITLE} bytes.`);
  return byTitles(path, (titles) => demand(look, { action: "menu", pid, path: titles }, "accessibility"));
}

async function sendKeys(
  look: Look,
  { pid, id }: MacElement,
  now: Glimpse | undefined,
  chord: string,
): Promise<Deed | Problem> {
  const keys = macChord(chord);
  if (keys instanceof Problem) return keys;
  const wantsFocus = now !== undefined && now.raw.states.includes("focusable") && now.node.focused !== true;
  if (wantsFocus) {
    const focused = await demand(look, { action: "focus", element: id }, "accessibility");
    if (focused instanceof Problem && focused.code === "not-responding") return focused;
  }
  return demand(look, { action: "key", pid, chord: keys }, "input");
}
