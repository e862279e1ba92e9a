import type { Acted, Action, Expected } from "../../../protocol/screen-action.ts";
import { KEY_NAMES, parseKeyChord } from "../../actions/key-chord.ts";
import { Problem } from "../../problem.ts";
import { isUsable, pressMenu } from "./act-menu.ts";
import { select } from "./act-select.ts";
import { setValue, typeText } from "./act-text.ts";
import type { AccessibilityBus, Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import type { Check, Deed, Subject } from "./deed.ts";
import { activeWindowOf, chainOf, readElement, toolkitOf } from "./element.ts";
import { pressKeys } from "./input.ts";
import type { Look } from "./look.ts";
import { readOutline } from "./outline.ts";
import { clickElement, scroll } from "./pointer.ts";
import { focus, press, toggle } from "./press.ts";
import { startSettling } from "./settle.ts";

/** What is done to which element, and what that was when it was read. */
export interface Order {
  target: Target;
  expected: Expected;
  act: Action;
}

const WINDOWS = new Set(["frame", "dialog", "alert", "file chooser", "color chooser", "font chooser"]);
/** These are done to a window or around an element, so it need not take input itself. */
const AROUND = new Set<Action["action"]>(["menu", "key", "scroll", "focus"]);

/**
 * Does something to an element, if it still is what was read, waits until the program is quiet, and looks whether it worked.
 */
export async function act(look: Look, bus: AccessibilityBus, order: Order): Promise<Acted | Problem> {
  const settling = await startSettling(bus, order.target.bus);
  try {
    const now = await readElement(look, order.target);
    if (now instanceof Problem) {
      if (now.code !== "gone") return now;
      return new Problem("gone", "This element is no longer there. Read the screen again; nothing was done.");
    }
    const { role, name } = order.expected;
    if (now.role !== role || now.name !== name) {
      const is = `${now.role} ${JSON.stringify(now.name)}`;
      return new Problem(
        "stale",
        `It has changed since it was read: it is ${is} now. Read the screen again; nothing was done.`,
      );
    }
    const window = await readOutline(look, (await chainOf(look, order.target)).at(-1) ?? order.target);
    if (isClosed(window)) return new Problem("gone", "Its window was closed. Read the screen again; nothing was done.");
    if (!isUsable(now) && !AROUND.has(order.act.action))
      return new Problem("disabled", "It cannot be used now: it is disabled. Nothing was done.");
    const subject = { look, target: order.target, now };
    const deed = await perform(subject, bus, order.act);
    if (deed instanceof Problem) return deed;
    const events = await settling.quiet();
    if (deed.unknown !== undefined) return { outcome: "unknown", by: deed.by, note: deed.unknown, events };
    return { outcome: "done", by: deed.by, events, ...(await (deed.check?.() ?? aboutView(look, window))) };
  } finally {
    settling.stop();
  }
}

/** Whether a window is out of sight: many programs hide what they close, and keep it. */
function isClosed(window: Outline | Problem): boolean {
  if (window instanceof Problem || !WINDOWS.has(window.role)) return false;
  return !["showing", "visible", "active"].some((state) => window.states.includes(state));
}

/** What has to be said of a browser's window that may not be on view: its page is then told as it was before. */
async function aboutView(look: Look, window: Outline | Problem): Promise<Check> {
  if (window instanceof Problem || window.states.includes("active")) return {};
  if ((await toolkitOf(look, window.target)) !== "Chromium") return {};
  return { note: "If this window is covered or minimized, what changed is only told once it is on view." };
}

async function perform(subject: Subject, bus: AccessibilityBus, act: Action): Promise<Deed | Problem> {
  switch (act.action) {
    case "press":
      return press(subject, bus);
    case "focus":
      return focus(subject);
    case "toggle":
      return toggle(subject, bus, act.on);
    case "set":
      return setValue(subject, act.value);
    case "type":
      return typeText(subject, act.text);
    case "select":
      return select(subject, bus, act.option);
    case "scroll":
      return scroll(subject, act);
    case "menu":
      return pressMenu(subject, bus, act.path);
    case "click":
      return clickElement(subject, act);
    case "key":
      return sendKeys(subject, act.chord);
  }
}

async function sendKeys({ look, target, now }: Subject, chord: string): Promise<Deed | Problem> {
  const keys = parseKeyChord(chord);
  if (keys === undefined)
    return new Problem("invalid", `${JSON.stringify(chord)} is no key: write ctrl+s, alt+f4, Enter.`, KEY_NAMES);
  const window = await activeWindowOf(look, target);
  if (window instanceof Problem) return window;
  if (now.states.includes("focusable") && !now.states.includes("focused"))
    await look.call(target, "Component.GrabFocus");
  return (await pressKeys(look, keys)) ?? { by: "input" };
}
