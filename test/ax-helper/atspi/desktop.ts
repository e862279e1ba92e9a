import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Action } from "../../../src/protocol/screen-action.ts";
import { createScreenClient, type ScreenClient } from "../../../src/ax-helper/client.ts";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { type ScreenAnswerOf, type ScreenRequest, screenAnswers } from "../../../src/ax-helper/requests.ts";
import { screenProgram } from "../../../src/ax-helper/screen-program.ts";
import { type CapturedNode, type CapturedWindow, parseCapture } from "../../../src/protocol/screen.ts";
import { firstLine, type Program, PYTHON, startProgram } from "./program.ts";

/** A hang guard, not an expectation. */
const PATIENCE_MS = 60_000;

type About = Pick<ScreenAnswerOf<"capture">, "pid" | "windowId" | "active" | "cut" | "nodes" | "calls">;

/** A captured window, with the way back to its elements. */
export interface Screen extends CapturedWindow, About {
  all: CapturedNode[];
  find(role: string | RegExp, name?: string | RegExp): CapturedNode;
}

/** A scene of `programs/stage.py`. */
interface Stage extends Program {
  /** Lets the scene change; resolves once it has. */
  change(): Promise<void>;
  /** What happened to it so far. */
  log(): Promise<string[]>;
  /** Resolves once something happened to it. */
  logged(line: string): Promise<void>;
}

/** A desktop of the test's own: display, session bus and accessibility bus, ended when it is closed. */
export interface Desktop {
  environment: Record<string, string>;
  folder: string;
  client: ScreenClient;
  /** Starts a program; ended with the desktop. */
  open(command: string, ...args: string[]): Promise<Program>;
  stage(scene: string): Promise<Stage>;
  /** Opens a page in Chromium. */
  browse(page: string): Promise<Program>;
  ask<Name extends ScreenRequest["do"]>(request: Extract<ScreenRequest, { do: Name }>): Promise<unknown>;
  /** Captures a program's window once it is there and is as wanted. */
  read(app: string | number, isReady?: (screen: Screen) => boolean): Promise<Screen>;
  /** Waits until a program shows a window, whatever is in it. */
  listed(app: string): Promise<void>;
  /** Does something to an element of a capture. */
  act(node: CapturedNode, act: Action): Promise<ScreenAnswerOf<"act"> | Problem>;
  /** Gives the window with such a title the keyboard, as a window manager would. */
  give(title: string): void;
  /** Puts the window with such a title over the whole display, without giving it the keyboard. */
  cover(title: string): void;
  /** The window that has the keyboard, as the display knows it. */
  focused(): string;
  /** Ends everything that was started, and what that started. */
  close(): Promise<void>;
}

/** Starts one; close it, or it ends with this process. */
export async function startDesktop(): Promise<Desktop> {
  const folder = await mkdtemp(join(tmpdir(), "loopd-desktop-"));
  const programs: Program[] = [];
  let failed: string | undefined;
  const start = async (command: string[], environment: Record<string, string>, output: "read" | "ignore") => {
    const program = await startProgram(command, environment, output);
    programs.push(program);
    void program.ended.then((failure) => (failed ??= failure && `${command.join(" ")}: ${failure}`));
    return program;
  };
  const base = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LC_ALL: "C.UTF-8",
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  await mkdir(base.XDG_RUNTIME_DIR, { mode: 0o700 });
  // Without a reset when the last program closes its windows: the next one would meet it.
  const display = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "1440x900x24"];
  const switches = {
    GTK_MODULES: "gail:atk-bridge",
    QT_LINUX_ACCESSIBILITY_ALWAYS_ON: "1",
    ACCESSIBILITY_ENABLED: "1",
    GSETTINGS_BACKEND: "memory",
    NO_AT_BRIDGE: "0",
    // GTK 4 looks for a graphics card otherwise.
    GSK_RENDERER: "cairo",
  };
  const xvfb = await start(display, base, "read");
  const screen = { ...base, ...switches, DISPLAY: `:${await firstLine(xvfb.output)}` };
  const bus = await start(["dbus-daemon", "--session", "--nofork", "--print-address=1"], screen, "read");
  const environment = { ...screen, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus.output) };
  const program = screenProgram({ platform: "linux", architecture: "x64", environment });
  const client = createScreenClient({ program, idleMs: PATIENCE_MS, now: () => performance.now() });
  const close = async () => {
    await client.close();
    // The display last: who loses it first would only complain.
    for (const one of programs.reverse()) await one.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  const open: Desktop["open"] = (command, ...args) => start([command, ...args], environment, "ignore");
  const ask: Desktop["ask"] = async (request) => {
    // A busy machine is slow, not silent.
    const limits = { callMs: 5_000, timeMs: 20_000, ...request.limits };
    const reply = await client.ask({ ...request, limits }, { limitMs: PATIENCE_MS });
    return reply instanceof Problem ? reply : reply.answer;
  };
  /** Asks again until the answer is as wanted: programs take their time. */
  const eventually = async <Value>(what: string, look: () => Promise<Value>, isDone: (value: Value) => boolean) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const value = await look();
      if (isDone(value)) return value;
      const isOver = failed !== undefined || performance.now() > deadline;
      if (isOver) throw new Error(`never: ${what}; ${failed ?? ""} ${JSON.stringify(value)?.slice(0, 4_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const xdotool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync("xdotool", args, {
      env: environment,
      encoding: "utf8",
      timeout: PATIENCE_MS,
    });
    if (status !== 0 || stderr !== "") throw new Error(`xdotool ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  // The display may know of a title later than the accessibility bus does.
  const windowOf = (title: string) =>
    xdotool("search", "--sync", "--onlyvisible", "--name", title).split("\n").at(0) ?? "";
  return {
    environment,
    folder,
    client,
    close,
    open,
    ask,
    browse: (page) => {
      const profile = `--user-data-dir=${join(folder, "chromium")}`;
      const flags = ["--no-sandbox", "--force-renderer-accessibility", "--no-first-run", "--disable-gpu", profile];
      return open("chromium", ...flags, page);
    },
    stage: async (scene) => {
      const log = join(folder, `${scene}.log`);
      const script = join(import.meta.dirname, "programs", scene === "stage4" ? "stage4.py" : "stage.py");
      const actor = await open(PYTHON, script, ...(scene === "stage4" ? [] : [scene]), log);
      const read = async () => (await readFile(log, "utf8").catch(() => "")).split("\n").slice(0, -1);
      const logged = (line: string) => eventually(`${scene} logs ${line}`, read, (all) => all.includes(line));
      const change = async () => {
        actor.signal("SIGUSR1");
        await logged("changed");
      };
      return { ...actor, log: read, change, logged: async (line) => void (await logged(line)) };
    },
    read: async (app, isReady = () => true) => {
      const fits = (found: Screen | Problem) => !(found instanceof Problem) && isReady(found);
      const found = await eventually(
        `the window of ${app}`,
        async () => toScreen(await ask({ do: "capture", app })),
        fits,
      );
      if (found instanceof Problem) throw new Error(found.message);
      return found;
    },
    listed: async (app) => {
      const list = async () => screenAnswers.apps.safeParse(await ask({ do: "apps" })).data?.apps ?? [];
      await eventually(`${app} is listed`, list, (apps) =>
        apps.some(({ name, windows }) => name === app && windows.length > 0),
      );
    },
    act: async ({ id, role, name = "" }, act) => {
      const answer = await ask({ do: "act", element: id, expected: { role, name }, act });
      return answer instanceof Problem ? answer : screenAnswers.act.parse(answer);
    },
    give: (title) => void xdotool("windowfocus", "--sync", windowOf(title)),
    cover: (title) => {
      const window = windowOf(title);
      xdotool("windowmove", window, "0", "0", "windowsize", "--sync", window, "1440", "900", "windowraise", window);
    },
    focused: () => xdotool("getwindowfocus"),
  };
}

function toScreen(answer: unknown): Screen | Problem {
  if (answer instanceof Problem) return answer;
  const about = screenAnswers.capture.parse(answer);
  const window = parseCapture(answer);
  if ("problem" in window) throw new Error(window.problem);
  const all = flat(window.tree);
  const find: Screen["find"] = (role, name) => {
    const found = all.find((node) => fits(node.role, role) && (name === undefined || fits(node.name ?? "", name)));
    if (found !== undefined) return found;
    const there = all.map((node) => `${node.role} ${JSON.stringify(node.name ?? "")}`);
    throw new Error(`no ${String(role)} ${String(name)} among ${there.join(", ")}`);
  };
  return { ...about, ...window, all, find };
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

function flat(node: CapturedNode): CapturedNode[] {
  return [node, ...node.children.flatMap(flat)];
}
