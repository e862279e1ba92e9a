import type { CapturedNode, CapturedWindow } from "../../../protocol/screen.ts";
import { Problem } from "../../problem.ts";
import { readApps } from "./apps.ts";
import type { AccessibilityBus } from "./bus.ts";
import { readCache } from "./cached.ts";
import { chooseWindow, type Wanted } from "./choose.ts";
import type { Look } from "./look.ts";
import type { Memory } from "./memory.ts";
import { asText, targetOf } from "./values.ts";
import { type Cut, walk } from "./walk.ts";

/** A window as it was read, and where it is from. */
export interface Capture extends CapturedWindow {
  pid: number;
  /** Id of the window. */
  windowId: string;
  /** Whether it has the keyboard. */
  active: boolean;
  /** What ended the reading before all was read. */
  cut: Cut;
  nodes: number;
  /** Calls over the bus that it took. */
  calls: number;
}

/** How GTK 4 calls itself; GTK 3 is `gtk`. */
const GTK_4 = "GTK";

/**
 * Reads the window that is meant, with its program's dialogs, menus and popovers below it. It only looks: no window is raised
 * or focused by it.
 */
export async function capture(
  look: Look,
  bus: AccessibilityBus,
  memory: Memory,
  wanted: Wanted,
): Promise<Capture | Problem> {
  const apps = await readApps(look, bus, memory, wanted.window);
  if (apps instanceof Problem) return apps;
  const chosen = chooseWindow(apps, wanted);
  if (chosen instanceof Problem) return chosen;
  const { app, window, beside } = chosen;
  const root = { bus: app.id, path: "/org/a11y/atspi/accessible/root" };
  const [cached, toolkit] = await Promise.all([
    readCache(look, memory.slowCaches, app.id),
    look.get(root, "Application.ToolkitName"),
  ]);
  const target = targetOf(window.id);
  if (target === undefined) return new Problem("no-tree", `${app.name} gives its window no usable name.`);
  if (toolkit === GTK_4) look.unsaid.add(app.id);
  const main = await walk(look, target, cached);
  if (main instanceof Problem) return main.code === "gone" ? gone(app.name) : main;
  let { nodes, cut } = main;
  for (const other of beside) {
    const place = targetOf(other.id);
    const more = place === undefined ? undefined : await walk(look, place, cached);
    if (more === undefined || more instanceof Problem) continue;
    main.tree.children.push(more.tree);
    nodes += more.nodes;
    if (cut === "none") cut = more.cut;
  }
  if (wanted.mayBeSilent !== true && main.tree.children.every(tellsNothing)) {
    if (cut === "gone") return gone(app.name);
    if (cut !== "none")
      return new Problem("not-responding", `${app.name} stopped answering while its window was read.`);
    return new Problem(
      "no-tree",
      `${app.name} does not tell what its window holds: use a screenshot, menus or shortcuts.`,
    );
  }
  const about = { app: app.name, toolkit: asText(toolkit, 100), window: window.title, pid: app.pid };
  return { ...about, windowId: window.id, active: window.active, tree: main.tree, cut, nodes, calls: look.calls };
}

/** What only holds or paints. */
const SILENT_ROLES = new Set(
  "canvas,drawing area,filler,panel,viewport,scroll pane,split pane,layered pane,glass pane,root pane,unknown".split(
    ",",
  ),
);

/** Whether there is nothing to read and nothing to use in an element, nor anything that was left out. */
function tellsNothing({ role, name, desc, text, value, more, children }: CapturedNode): boolean {
  const isWorded = [name, desc, text].some((each) => each !== undefined && each !== "");
  const isSilent = SILENT_ROLES.has(role) && !isWorded && value === undefined && (more ?? 0) === 0;
  return isSilent && children.every(tellsNothing);
}

function gone(app: string): Problem {
  return new Problem("gone", `${app} ended or closed this window while it was read. Read the screen again.`);
}
