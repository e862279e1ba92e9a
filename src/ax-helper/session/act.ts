import type { Acted, Action } from "../../protocol/screen-action.ts";
import { Problem } from "../problem.ts";
import type { Deed, Looking, Sight } from "../session-screen.ts";
import { nameText } from "../tree/inert-text.ts";
import { ownName } from "../tree/names.ts";
import type { RefEntry } from "../tree/refs.ts";
import type { Control } from "../tree/screen.ts";
import { nextWindow } from "./next-window.ts";
import { titleKey } from "./title-key.ts";
import type { Session } from "./session.ts";
import { isFold, targetOf } from "./session-view.ts";
import { type Captured, captureWindow, listWindows, lost, refusal, type WindowList } from "./window-reader.ts";

/** Acts on what a reference stands for, if it still is what was seen, and looks again. */
export async function act(session: Session, ref: string, action: Action, looking: Looking): Promise<Deed | Problem> {
  const { memory } = session;
  memory.begin(looking);
  const entry = memory.entryOf(ref);
  if (entry instanceof Problem) return entry;
  if (isFold(entry))
    return new Problem("unsupported", `${ref} is a folded part of the window. screen_expand shows what is in it.`);
  if (memory.view.isDoubtful(entry)) return renamed(ref, entry.control);
  // What comes before it in turn may learn of another name: only what was seen is acted on.
  const seen = { control: entry.control, title: entry.window.seenTitle };
  return session.inTurn(looking.signal, async () => {
    const target = targetOf(entry);
    const acted = await actNow(session, { ref, entry, seen }, action, looking);
    if (acted instanceof Problem) return acted;
    const { after, isChanged } = await lookAgain(session, entry, looking);
    return { target, acted, after, isChanged };
  });
}

interface Aim {
  ref: string;
  entry: RefEntry;
  seen: { control: Control; title: string };
}

async function actNow(
  session: Session,
  { ref, entry, seen: { control: seen, title } }: Aim,
  action: Action,
  looking: Looking,
): Promise<Acted | Problem> {
  const { screen, memory } = session;
  const { signal } = looking;
  const hadSecureFocus = entry.window.focus?.isSecure === true;
  const isLost = !isSameProcess(session);
  // Keys and menus work where the keyboard is by now, which may be another field than when the window was read.
  const isAtFocus = action.action === "key" || action.action === "menu";
  const needsLook = isLost || (isAtFocus && !seen.isSecure) || !isNamedByItself(seen);
  const list = await listWindows(screen, signal);
  if (list instanceof Problem) return list;
  const now = list.windows.find(({ id }) => list.generation === memory.generation && id === entry.window.windowId);
  if (now !== undefined && titleKey(now.title) !== titleKey(title)) return retitled(ref, now.title);
  const found = needsLook ? await findAgain(session, entry, list, signal) : undefined;
  // Where nothing can be read, the window itself is what keys are sent to.
  if (found instanceof Problem && (isLost || found.code !== "no-tree")) return found;
  const { control } = entry;
  if (control.role !== seen.role || control.capturedName !== seen.capturedName || control.name !== seen.name)
    return renamed(ref, control);
  if (memory.view.find(ref) !== entry || control.id === "" || (isLost && !hasRef(found, ref))) return gone(ref);
  const hasSecureFocus = entry.window.focus?.isSecure === true;
  if (isAtFocus && hasSecureFocus && !hadSecureFocus && !seen.isSecure)
    return new Problem("stale", "A secret field has the keyboard by now. Read the screen again; nothing was done.");
  const expected = { role: control.role, name: control.capturedName };
  const reply = await screen.ask(
    { do: "act", element: control.id, expected, act: action },
    { signal, generation: memory.generation },
  );
  if (!(reply instanceof Problem)) return reply.answer;
  if (reply.code !== "crashed") return reply;
  const words = "What operates the screen ended in the middle of this, so it may have been done.";
  return new Problem("crashed", `${words} Read the screen before anything else.`);
}

function hasRef(found: { refs: ReadonlySet<string> } | Problem | undefined, ref: string): boolean {
  return found !== undefined && !(found instanceof Problem) && found.refs.has(ref);
}

/** Whether the process still runs that the elements are from. */
function isSameProcess({ screen, memory }: Session): boolean {
  const { state, starts } = screen.health();
  return state === "running" && starts === memory.generation;
}

/** Captures the window of a reference again, without telling anybody. */
async function findAgain(
  { screen, memory }: Session,
  { window }: RefEntry,
  list: WindowList,
  signal: AbortSignal,
): Promise<{ refs: ReadonlySet<string> } | Problem> {
  const isSame = list.generation === memory.generation;
  const fitting = list.windows.filter(({ app, id, title }) =>
    isSame ? id === window.windowId : app === window.app && title === window.title,
  );
  const [from, ...others] = fitting;
  if (from === undefined || others.length > 0)
    return lost(
      list,
      window.app,
      new Problem("gone", `The window ${window.title} cannot be told for sure by now. Read the screen again.`),
    );
  const captured = await captureWindow(screen, list, from, signal);
  if (captured instanceof Problem) return captured;
  const { screen: now } = memory.peek(captured, Number.MAX_SAFE_INTEGER);
  return { refs: new Set(now.controls.map(({ ref }) => ref)) };
}

/** The window that has the keyboard after an action: a dialog that came up, else the same one, else what is left. */
async function lookAgain(
  { screen, memory }: Session,
  { window }: RefEntry,
  looking: Looking,
): Promise<{ after: Sight | Problem; isChanged: boolean }> {
  const before = memory.open;
  const captured = await captureAfter();
  if (captured instanceof Problem) return { after: captured, isChanged: true };
  const isOther = captured.from.id !== window.windowId;
  const { sight, isChanged } = memory.show(captured, looking);
  return { after: sight, isChanged: isOther || isChanged !== false };

  async function captureAfter(): Promise<Captured | Problem> {
    const list = await listWindows(screen, looking.signal);
    if (list instanceof Problem) return list;
    const next = nextWindow(list.windows, before, window.windowId);
    if (next === undefined)
      return lost(list, window.app, new Problem("gone", `The window ${window.title} is closed now.`));
    return refusal(next, looking.only) ?? captureWindow(screen, list, next, looking.signal);
  }
}

/** Whether a control has its name of its own: not from a text beside or in it, which the program may change alone. */
function isNamedByItself({ name, capturedName, role }: Control): boolean {
  return name === "" || name === ownName({ name: capturedName, role, states: [], id: "", children: [] });
}

function retitled(ref: string, title: string): Problem {
  const is = title === "" ? "has no title" : `is called ${JSON.stringify(title)}`;
  return new Problem(
    "stale",
    `The window of ${ref} ${is} now, another one than was read. Read the screen again; nothing was done.`,
  );
}

function renamed(ref: string, { role, name }: Control): Problem {
  const is = `${role} ${JSON.stringify(nameText(name))}`;
  return new Problem(
    "stale",
    `${ref} is ${is} now, another one than was read. Read the screen again; nothing was done.`,
  );
}

function gone(ref: string): Problem {
  return new Problem("gone", `${ref} is no longer there. Read the screen again; nothing was done.`);
}
