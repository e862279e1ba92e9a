import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Action } from "../../../src/protocol/screen-action.ts";
import { createScreenClient, type ScreenClient } from "../../../src/ax-helper/client.ts";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { type ScreenAnswerOf, type ScreenRequest, screenAnswers } from "../../../src/ax-helper/requests.ts";
import { screenProgram } from "../../../src/ax-helper/screen-program.ts";
import { type CapturedNode, type CapturedWindow, parseCapture } from "../../../src/protocol/screen.ts";

const NEEDED = ["Xvfb", "dbus-daemon", "xdotool"];
/** A hang guard, not an expectation. */
const PATIENCE_MS = 60_000;

/** Whether a program that these tests need is missing; with a line that says so. */
export function isSkipped(...programs: string[]): boolean {
  const all = [...NEEDED, ...programs];
  const missing = all.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  if (missing.length > 0)
    console.warn(`skipped: these tests of the screen need ${missing.join(", ")}; see scripts/apps.mjs`);
  return missing.length > 0;
}

type About = Pick<ScreenAnswerOf<"capture">, "pid" | "windowId" | "active" | "cut" | "nodes" | "calls">;

/** A captured window, with the way back to its elements. */
interface Screen extends CapturedWindow, About {
  all: CapturedNode[];
  find(role: string | RegExp, name?: string | RegExp): CapturedNode;
}

/** A desktop of the test's own: display, session bus and accessibility bus, ended when it is closed. */
export interface Desktop {
  environment: Record<string, string>;
  folder: string;
  client: ScreenClient;
  /** Starts a program; ended with the desktop. */
  open(command: string, ...args: string[]): ChildProcess;
  ask<Name extends ScreenRequest["do"]>(request: Extract<ScreenRequest, { do: Name }>): Promise<unknown>;
  /** Captures a program's window once it is there and is as wanted. */
  read(app: string | number, isReady?: (screen: Screen) => boolean): Promise<Screen>;
  /** Does something to an element of a capture. */
  act(node: CapturedNode, act: Action): Promise<ScreenAnswerOf<"act"> | Problem>;
  /** Gives the window with such a title the keyboard, as a window manager would. */
  give(title: string): void;
  /** Ends everything that was started, and what that started. */
  close(): Promise<void>;
}

/** Starts one; close it after the tests. */
export async function startDesktop(): Promise<Desktop> {
  const folder = await mkdtemp(join(tmpdir(), "loopd-desktop-"));
  const begin = (
    command: string,
    args: string[],
    environment: Record<string, string>,
    stdio: "line1" | "line3" | "none",
  ) => {
    const out = stdio === "line1" ? "pipe" : "ignore";
    const third = stdio === "line3" ? (["pipe"] as const) : [];
    const child = spawn(command, args, {
      env: environment,
      detached: true,
      stdio: ["ignore", out, "ignore", ...third],
    });
    child.on("error", () => {});
    return child;
  };
  const base = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LC_ALL: "C.UTF-8",
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  await mkdir(base.XDG_RUNTIME_DIR, { mode: 0o700 });
  const xvfb = begin("Xvfb", ["-displayfd", "3", "-nolisten", "tcp", "-screen", "0", "1440x900x24"], base, "line3");
  const display = `:${await firstLine(xvfb.stdio[3])}`;
  const switches = {
    GTK_MODULES: "gail:atk-bridge",
    QT_LINUX_ACCESSIBILITY_ALWAYS_ON: "1",
    ACCESSIBILITY_ENABLED: "1",
  };
  const screen = { ...base, ...switches, DISPLAY: display, GSETTINGS_BACKEND: "memory", NO_AT_BRIDGE: "0" };
  const bus = begin("dbus-daemon", ["--session", "--nofork", "--print-address=1"], screen, "line1");
  const environment = { ...screen, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus.stdout) };
  const program = screenProgram({ platform: "linux", architecture: "x64", environment });
  const client = createScreenClient({ program, idleMs: PATIENCE_MS, now: () => performance.now() });
  const close = async () => {
    await client.close();
    for (const pid of await processesOf(folder)) end(pid);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };

  const ask: Desktop["ask"] = async (request) => {
    // A busy machine is slow, not silent.
    const limits = { callMs: 5_000, timeMs: 20_000, ...request.limits };
    const reply = await client.ask({ ...request, limits }, { limitMs: PATIENCE_MS });
    return reply instanceof Problem ? reply : reply.answer;
  };
  const capture = async (app: string | number): Promise<Screen | Problem> => {
    const answer = await ask({ do: "capture", app });
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
  };
  return {
    environment,
    folder,
    client,
    close,
    ask,
    open: (command, ...args) => begin(command, args, environment, "none"),
    read: async (app, isReady = () => true) => {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = await capture(app);
        if (!(found instanceof Problem) && isReady(found)) return found;
        const last =
          found instanceof Problem ? found.message : `not as wanted: ${JSON.stringify(found.tree).slice(0, 4000)}`;
        if (performance.now() > deadline) throw new Error(`${app}: ${last}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    act: async ({ id, role, name = "" }, act) => {
      const answer = await ask({ do: "act", element: id, expected: { role, name }, act });
      return answer instanceof Problem ? answer : screenAnswers.act.parse(answer);
    },
    give: (title) => {
      const { status, stderr } = spawnSync("xdotool", ["search", "--onlyvisible", "--name", title, "windowfocus"], {
        env: environment,
      });
      expect(stderr.toString()).toBe("");
      expect(status).toBe(0);
    },
  };
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

function flat(node: CapturedNode): CapturedNode[] {
  return [node, ...node.children.flatMap(flat)];
}

/** Every process whose home is a folder: also those that left their group, as services of a bus do. */
async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name));
  const isOurs = async (pid: string) => {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    return environment.split("\0").includes(`HOME=${folder}`);
  };
  const ours = await Promise.all(pids.map(isOurs));
  return pids.filter((_, index) => ours[index]).map(Number);
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function firstLine(stream: unknown): Promise<string> {
  const readable = stream as NodeJS.ReadableStream;
  return new Promise((resolve, reject) => {
    readable.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    readable.once("end", () => reject(new Error("it ended before it was ready")));
  });
}
