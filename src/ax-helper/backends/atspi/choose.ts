import { Problem } from "../../problem.ts";
import type { App, AppWindow } from "./apps.ts";

/** Which window is meant. Nothing: the one with the keyboard. */
export interface Wanted {
  /** Id of a window. */
  window?: string | undefined;
  /** A process, or the name of a program in any case. */
  app?: number | string | undefined;
  /** It need not tell what it holds. */
  mayBeSilent?: boolean | undefined;
}

/** A window, and its program's other windows that belong to what is on view: dialogs, menus, popovers. */
export interface Chosen {
  app: App;
  window: AppWindow;
  beside: AppWindow[];
}

const FLOATING = new Set(["window", "popup menu", "menu", "popover", "tool tip", "combo box", "list box"]);
const MAIN = new Set(["frame", "dialog", "alert", "file chooser", "color chooser", "font chooser", "internal frame"]);

/**
 * The window that is meant: of a program the one with the keyboard, else its modal dialog, else the one with a
 * title that it opened last. Pure.
 */
export function chooseWindow(apps: readonly App[], wanted: Wanted): Chosen | Problem {
  if (wanted.window !== undefined) return chooseById(apps, wanted.window);
  const named = wanted.app === undefined ? apps : apps.filter((app) => isNamed(app, wanted.app ?? ""));
  if (wanted.app !== undefined && named.length === 0) {
    const names = [...new Set(apps.map((app) => app.name).filter((name) => name !== ""))];
    return new Problem("no-app", `No program ${JSON.stringify(wanted.app)} shows windows here.`, names);
  }
  const silent = named.find((app) => !app.responding);
  const active = named.flatMap((app) =>
    app.windows.filter((window) => window.active).map((window) => ({ app, window })),
  );
  const modal = named.flatMap((app) => app.windows.filter((window) => window.modal).map((window) => ({ app, window })));
  const main = named.flatMap((app) =>
    app.windows.filter(({ role }) => MAIN.has(role)).map((window) => ({ app, window })),
  );
  // Bubbles of browsers are windows without a title.
  const titled = main.filter(({ window }) => window.title !== "");
  const found = active.at(-1) ?? modal.at(-1) ?? titled.at(-1) ?? main.at(-1);
  if (found !== undefined) return { ...found, beside: besides(found.app, found.window) };
  if (silent !== undefined) {
    const which = silent.name === "" ? `Process ${silent.pid}` : silent.name;
    return new Problem(
      "not-responding",
      `${which} does not answer; it may be stopped or busy. Try again, or use another one.`,
    );
  }
  return new Problem("no-window", "No window is open. Open a program first.");
}

function chooseById(apps: readonly App[], id: string): Chosen | Problem {
  for (const app of apps) {
    const window = app.windows.find((each) => each.id === id);
    if (window !== undefined) return { app, window, beside: besides(app, window) };
    if (id.startsWith(`${app.id}/`) && !app.responding)
      return new Problem("not-responding", "The program of this window does not answer; it may be stopped or busy.");
  }
  return new Problem("gone", "This window is no longer open. Read the screen again.");
}

function isNamed(app: App, wanted: number | string): boolean {
  return typeof wanted === "number" ? app.pid === wanted : app.name.toLowerCase() === wanted.toLowerCase();
}

function besides(app: App, window: AppWindow): AppWindow[] {
  const isBeside = ({ modal, role, title }: AppWindow) => modal || FLOATING.has(role) || title === "";
  return app.windows.filter((each) => each !== window && isBeside(each));
}
