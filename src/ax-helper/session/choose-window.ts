import { isOwnFace } from "../../protocol/own-faces.ts";
import { Problem } from "../problem.ts";
import type { ScreenAnswerOf } from "../requests.ts";
import type { WindowChoice } from "../session-screen.ts";
import { nameText } from "../tree/inert-text.ts";

type OpenApp = ScreenAnswerOf<"apps">["apps"][number];

/** A window that is open, with its program. Names are inert lines. */
export interface OpenWindow {
  app: string;
  pid: number;
  id: string;
  title: string;
  role: string;
  /** The title as the program tells it. */
  capturedTitle: string;
  /** It has the keyboard. */
  isActive: boolean;
  isModal: boolean;
}

/** Parts of another window, which a capture of that shows: menus and such. */
const FLOATING = new Set(["window", "popup menu", "menu", "popover", "tool tip", "combo box", "list box"]);

/** All windows that can be meant. */
export function openWindows(apps: readonly OpenApp[]): OpenWindow[] {
  return apps.flatMap(({ name, pid, windows }) =>
    windows
      .filter(({ role }) => !FLOATING.has(role))
      .map(({ id, title, role, active, modal }) => {
        const names = { app: nameText(name), title: nameText(title), role, capturedTitle: title };
        return { ...names, pid, id, isActive: active, isModal: modal };
      }),
  );
}

/**
 * The window that is meant: of a program the one with the keyboard, else its modal dialog, else its only one. Where several fit,
 * a problem lists them. Pure.
 */
export function chooseWindow(apps: readonly OpenApp[], choice: WindowChoice): OpenWindow | Problem {
  const named = choice.app === undefined ? apps.filter(({ name }) => !isOwnFace(name)) : appsNamed(apps, choice.app);
  if (named instanceof Problem) return named;
  const all = openWindows(named);
  const fitting = choice.window === undefined ? all : titled(all, choice.window);
  if (fitting.length === 0) return none(named, all, choice);
  if (choice.app === undefined && choice.window === undefined) {
    const front = fitting.findLast(({ isActive }) => isActive) ?? (fitting.length === 1 ? fitting[0] : undefined);
    return front ?? several("No window has the keyboard. Name the program, or the window", fitting);
  }
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  const marked = fitting.findLast(({ isActive }) => isActive) ?? fitting.findLast(({ isModal }) => isModal);
  if (marked !== undefined) return marked;
  // Beside their window, browsers keep others that nobody sees, without a title.
  const [titledOne, ...more] = fitting.filter(({ title }) => title !== "");
  if (titledOne !== undefined && more.length === 0) return titledOne;
  // Windows that nothing tells apart: the one that was opened last.
  const isAlike = fitting.every(({ pid, title }) => pid === only?.pid && title === only.title);
  return (isAlike ? fitting.at(-1) : undefined) ?? several("Several windows fit. Name one by its title", fitting);
}

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** Programs of a name in any case, else the one whose name holds it; or of a process. */
function appsNamed(apps: readonly OpenApp[], wanted: string | number): readonly OpenApp[] | Problem {
  if (typeof wanted === "number") {
    const own = apps.filter(({ pid }) => pid === wanted);
    return own.length > 0 ? own : unknownApp(apps, `process ${wanted}`);
  }
  const name = wanted.trim().toLowerCase();
  const same = apps.filter((app) => app.name.toLowerCase() === name || nameText(app.name).toLowerCase() === name);
  if (same.length > 0) return same;
  if (/^\d+$/.test(name) && apps.some(({ pid }) => pid === Number(name))) return appsNamed(apps, Number(name));
  const part = letters(wanted);
  const holding = part.length < 2 ? [] : apps.filter((app) => letters(app.name).includes(part));
  const names = new Set(holding.map((app) => app.name));
  if (names.size === 1) return holding;
  if (names.size === 0) return unknownApp(apps, nameText(wanted));
  return new Problem("no-app", `Several programs fit ${quoted(wanted)}. Name one of them.`, [...names].map(nameText));
}

function unknownApp(apps: readonly OpenApp[], wanted: string): Problem {
  const names = [...new Set(apps.filter(({ windows }) => windows.length > 0).map(({ name }) => nameText(name)))];
  return new Problem(
    "no-app",
    `No program ${quoted(wanted)} shows windows here. Open it first, or name one of those that do.`,
    names.filter((name) => name !== ""),
  );
}

/** Windows of a title in any case, else those whose title holds it. */
function titled(windows: readonly OpenWindow[], wanted: string): OpenWindow[] {
  const title = nameText(wanted).toLowerCase();
  const same = windows.filter((one) => one.title.toLowerCase() === title);
  return same.length > 0 ? same : windows.filter((one) => one.title.toLowerCase().includes(title));
}

function none(apps: readonly OpenApp[], all: readonly OpenWindow[], { window }: WindowChoice): Problem {
  const silent = apps.find(({ responding }) => !responding);
  if (all.length > 0) return several(`No window is called ${quoted(window ?? "")}. Name another one`, all);
  if (silent !== undefined) {
    const which = silent.name === "" ? `Process ${silent.pid}` : nameText(silent.name);
    return new Problem("not-responding", `${which} does not answer; it may be stopped or busy. Try again later.`);
  }
  return new Problem("no-window", "No window is open there. Open a program, or its window, first.");
}

function several(what: string, windows: readonly OpenWindow[]): Problem {
  const names = windows.map(({ app, title }) => `${app} | ${title === "" ? "(no title)" : title}`);
  const ofProcesses = windows.map(({ pid }, at) => `${names[at]} (app: ${pid})`);
  const hasTwins = new Set(names).size < new Set(ofProcesses).size;
  return new Problem("no-window", `${what}.`, hasTwins ? ofProcesses : names);
}

const quoted = (text: string | number) => JSON.stringify(nameText(String(text)));
