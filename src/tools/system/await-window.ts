import { setTimeout as wait } from "node:timers/promises";
import { Problem } from "../../ax-helper/problem.ts";
import type { ScreenAnswerOf } from "../../ax-helper/requests.ts";
import type { Millis } from "../../protocol/values.ts";
import type { ToolContext } from "../define-tool.ts";
import { type LooksAround, UNCANCELLED } from "./open-windows.ts";
import type { DesktopApp } from "./platform/desktop.ts";

/** A window of a program. */
export interface OpenedWindow {
  app: string;
  title: string;
}

type Apps = ScreenAnswerOf<"apps">["apps"];
type Watching = LooksAround & Pick<ToolContext, "signal">;

/** How long a program may take to show a window, and between two looks. */
const LONGEST: Millis = 8_000;
const BETWEEN: Millis = 250;
/** Until then only a window that is new counts: a program that runs already may be about to open one. */
const PATIENCE: Millis = 1_500;

/** What was open before; undefined where the screen cannot be read. */
export async function windowsNow({ screen }: LooksAround): Promise<Apps | undefined> {
  const found = await screen.apps(UNCANCELLED);
  return found instanceof Problem ? undefined : found.apps;
}

/**
 * The window of an application that was just opened: a new one, or the one that it had. Undefined if there is none in time, or
 * once the signal fires. @param before what was open before that
 */
export async function awaitWindow(
  context: Watching,
  opened: DesktopApp,
  before: Apps,
): Promise<OpenedWindow | undefined> {
  const known = new Set(before.flatMap(({ windows }) => windows.map(({ id }) => id)));
  const begun = performance.now();
  while (!context.signal.aborted) {
    const elapsed = performance.now() - begun;
    const now = await windowsNow(context);
    const found = now && windowOf(now, opened, known, elapsed < PATIENCE ? "new" : "any");
    if (found !== undefined || elapsed >= LONGEST) return found;
    await wait(BETWEEN, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return undefined;
}

/** A new window of the program; later also a window that it had, or else a new one of a program with another name. */
function windowOf(
  apps: Apps,
  opened: DesktopApp,
  known: ReadonlySet<string>,
  which: "new" | "any",
): OpenedWindow | undefined {
  const windows = apps.flatMap(({ name, windows: own }) =>
    own.map(({ id, title, active }) => {
      return { app: name, title, active, isNew: !known.has(id), isNamed: isNameOf(name, opened) };
    }),
  );
  const fresh = windows.findLast(({ isNew, isNamed }) => isNew && isNamed);
  if (fresh !== undefined || which === "new") return fresh;
  const own = windows.filter(({ isNamed }) => isNamed);
  return own.find(({ active }) => active) ?? own.at(-1) ?? windows.findLast(({ isNew }) => isNew);
}

/** Whether a program calls itself as the application is called: `org.gnome.gedit`, `gedit`, `Text Editor (gedit)`. */
function isNameOf(program: string, { name, id }: DesktopApp): boolean {
  const own = letters(program);
  const file = letters(id.slice(id.lastIndexOf("/") + 1).replace(/\.(app|desktop)$/i, ""));
  return own.length > 1 && [letters(name), file].some((one) => one.includes(own) || (one !== "" && own.includes(one)));
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
