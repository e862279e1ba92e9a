import { readFile } from "node:fs/promises";
import { Problem } from "../../problem.ts";
import type { AccessibilityBus, Target } from "./bus.ts";
import type { Look } from "./look.ts";
import type { Memory } from "./memory.ts";
import { readOutline } from "./outline.ts";
import { asCount, asList, asTarget, asText, idOf } from "./values.ts";

/** A window of a program. */
export interface AppWindow {
  id: string;
  title: string;
  role: string;
  /** Whether it has the keyboard. */
  active: boolean;
  modal: boolean;
}

/** A program on the bus. */
export interface App {
  /** Its connection; ids of its elements begin with it. */
  id: string;
  pid: number;
  name: string;
  /** False: it did not answer in time, so its name and windows are not known. */
  responding: boolean;
  windows: AppWindow[];
}

const DESKTOP: Target = { bus: "org.a11y.atspi.Registry", path: "/org/a11y/atspi/accessible/root" };
const DAEMON: Target = { bus: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
const MAX_APPS = 200;
const MAX_WINDOWS = 100;
/** How long a program that was silent the last time may take to say that it is back. */
const SILENT_MS = 150;
/** What GTK 4 says of a program that gives it no name. */
const NO_NAMES = new Set(["", "Unnamed"]);

/**
 * Every program and its windows that show, or only the program of one window. One that does not answer costs one bounded call,
 * beside the others, and as long as it stays silent much less.
 */
export async function readApps(
  look: Look,
  bus: AccessibilityBus,
  memory: Memory,
  window: string | undefined,
): Promise<App[] | Problem> {
  const answer = await look.call(DESKTOP, "Accessible.GetChildren");
  if (answer instanceof Problem) return answer;
  const roots = asList(answer).slice(0, MAX_APPS);
  const all = roots.flatMap((root) => asTarget(root) ?? []);
  const wanted = window === undefined ? all : all.filter((root) => window.startsWith(`${root.bus}/`));
  for (const known of memory.names.keys()) if (!all.some((root) => root.bus === known)) forget(memory, known);
  const apps = await Promise.all(wanted.map((root) => readApp(look, bus, memory, root)));
  return apps.filter((app) => app !== undefined);
}

/** A connection's name is never used again. */
function forget(memory: Memory, bus: string): void {
  memory.slowCaches.delete(bus);
  memory.silent.delete(bus);
  memory.names.delete(bus);
}

async function readApp(look: Look, bus: AccessibilityBus, memory: Memory, root: Target): Promise<App | undefined> {
  // One call alone first: a stopped program then costs this one.
  const limitMs = memory.silent.has(root.bus) ? SILENT_MS : look.limits.callMs;
  const [pid, name] = await Promise.all([pidOf(look, bus, root.bus), look.probe(root, "Accessible.Name", limitMs)]);
  if (name instanceof Problem && name.code !== "not-responding") return undefined;
  const told = asText(name, 200);
  const known = NO_NAMES.has(told) ? (memory.names.get(root.bus) ?? (await programOf(pid))) : told;
  memory.names.set(root.bus, known);
  const app: App = { id: root.bus, pid, name: known, responding: true, windows: [] };
  if (name instanceof Problem) {
    memory.silent.add(root.bus);
    return { ...app, responding: false };
  }
  memory.silent.delete(root.bus);
  const count = asCount(await look.get(root, "Accessible.ChildCount"));
  const children = count > MAX_WINDOWS ? [] : asList(await look.call(root, "Accessible.GetChildren"));
  const targets = children.flatMap((child) => asTarget(child) ?? []);
  const windows = await Promise.all(targets.map((target) => readWindow(look, target)));
  app.windows = windows.filter((window) => window !== undefined);
  if (look.silent.has(root.bus)) app.responding = false;
  return app;
}

/** The name of a program that does not tell it. */
async function programOf(pid: number): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return name.trim();
}

async function readWindow(look: Look, target: Target): Promise<AppWindow | undefined> {
  const outline = await readOutline(look, target);
  if (outline instanceof Problem) return undefined;
  const { role, name, states } = outline;
  if (!states.includes("showing") && !states.includes("active")) return undefined;
  const [active, modal] = [states.includes("active"), states.includes("modal")];
  return { id: idOf(target), title: name, role, active, modal };
}

/** The process behind a connection, or 0. */
async function pidOf(look: Look, bus: AccessibilityBus, name: string): Promise<number> {
  const parameters = { signature: "s", body: [name] };
  const limitMs = look.limits.callMs;
  return asCount(await bus.call(DAEMON, "org.freedesktop.DBus.GetConnectionUnixProcessID", limitMs, parameters));
}
