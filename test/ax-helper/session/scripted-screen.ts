import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createScreenClient } from "../../../src/ax-helper/client.ts";
import { createSessionScreen } from "../../../src/ax-helper/create-session-screen.ts";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { type ScreenRequest, type ScreenRequestOf, screenAnswers } from "../../../src/ax-helper/requests.ts";
import type { Screen, ScreenAsking, ScreenReply } from "../../../src/ax-helper/screen.ts";
import type { Looking, SessionScreen } from "../../../src/ax-helper/session-screen.ts";
import type { CapturedNode } from "../../../src/protocol/screen.ts";

/** An element: `key` is what it is to the test; the process gives it an id of its own. */
export interface Piece extends Partial<Omit<CapturedNode, "children">> {
  key: string;
  role: string;
  name?: string;
  children?: Piece[];
}

/** A window of the scripted desktop. */
export interface ScriptedWindow {
  app: string;
  pid: number;
  title: string;
  /** What it is to the test where it keeps its identity under another title. */
  key?: string;
  active?: boolean;
  modal?: boolean;
  pieces: Piece[];
  /** It does not tell what it holds. */
  isClosed?: boolean;
  /** Its program does not answer. */
  isDeaf?: boolean;
}

/** What the process shows, and what it does when an element is acted on, by its key. */
export interface Desktop {
  windows: ScriptedWindow[];
  effects?: Record<string, Desktop>;
  /** Acting on it ends the process. */
  deadly?: string;
  /** What acting answers, if not that it was done. */
  outcome?: "unknown";
  cut?: string;
}

/**
 * A process that shows what a file says. Ids are counted from its start, as on a Mac: after a restart the same id names
 * something else. It checks role and name before it acts, as all backends do.
 */
const PROGRAM = `
  const { readFileSync, appendFileSync, writeFileSync } = require("node:fs");
  const [, , file, log] = process.argv;
  const ids = new Map();
  const keys = new Map();
  const idOf = (key) => {
    if (!ids.has(key)) { const id = "e" + (ids.size + 1); ids.set(key, id); keys.set(id, key); }
    return ids.get(key);
  };
  const STATES = ["enabled", "sensitive", "showing", "visible"];
  const nodeOf = (piece, at) => {
    const { key, children = [], states = [], ...rest } = piece;
    return { rect: [0, 20 * at, 100, 18], ...rest, id: idOf(key), states: [...STATES, ...states],
      children: children.map(nodeOf) };
  };
  const windowKey = (window) => "window " + window.pid + " " + (window.key ?? window.title);
  const frame = (window) => ({ role: "frame", name: window.title, id: idOf(windowKey(window)), states: STATES,
    rect: [0, 0, 800, 600], children: window.pieces.map(nodeOf) });
  const problem = (code, message) => ({ error: { code, message } });
  const find = (pieces, key) => {
    for (const piece of pieces) {
      const found = piece.key === key ? piece : find(piece.children ?? [], key);
      if (found) return found;
    }
  };
  const answer = (request, world) => {
    const { windows } = world;
    if (request.do === "apps") {
      const apps = new Map();
      for (const window of windows) {
        const app = apps.get(window.pid) ?? { id: "a" + window.pid, pid: window.pid, name: window.app, responding: true, windows: [] };
        if (window.isDeaf) app.responding = false;
        else app.windows.push({ id: idOf(windowKey(window)), title: window.title, role: "frame", active: window.active === true, modal: window.modal === true });
        apps.set(window.pid, app);
      }
      return { ok: { apps: [...apps.values()] } };
    }
    if (request.do === "capture") {
      const window = windows.find((one) => idOf(windowKey(one)) === request.window);
      if (!window) return problem("gone", "closed");
      if (window.isClosed) return problem("no-tree", "Game does not tell what its window holds.");
      return { ok: { app: window.app, toolkit: "", window: window.title, tree: frame(window), pid: window.pid,
        windowId: request.window, active: false, cut: world.cut ?? "none", nodes: 1, calls: 1 } };
    }
    if (request.do === "changed") return new Promise((done) => setTimeout(() => done({ ok: { changed: false } }), Math.min(20, request.timeMs)));
    const key = keys.get(request.element);
    const asWindow = windows.find((one) => windowKey(one) === key);
    const piece = asWindow ? { role: "frame", name: asWindow.title } : windows.map((one) => find(one.pieces, key)).find(Boolean);
    if (!piece) return problem("gone", "It is no longer there.");
    if (request.do === "text") {
      const text = piece.text ?? piece.name ?? "";
      return { ok: { text: text.slice(request.from, request.from + request.count), chars: text.length } };
    }
    if (piece.role !== request.expected.role || (piece.name ?? "") !== request.expected.name) return problem("stale", "It has changed.");
    appendFileSync(log, key + " " + JSON.stringify(request.act) + "\\n");
    if (world.deadly === key) process.exit(3);
    const next = world.effects?.[key];
    if (next) writeFileSync(file, JSON.stringify(next));
    return { ok: { outcome: world.outcome ?? "done", by: "accessibility", events: 1 } };
  };
  const lines = require("node:readline").createInterface({ input: process.stdin });
  lines.on("close", () => process.exit());
  let turn = Promise.resolve();
  lines.on("line", (line) => (turn = turn.then(async () => {
    const request = JSON.parse(line);
    appendFileSync(log + ".asked", request.do + "\\n");
    const world = JSON.parse(readFileSync(file, "utf8"));
    process.stdout.write(JSON.stringify({ id: request.id, ...(await answer(request, world)) }) + "\\n");
  })));
`;

/** A desktop that a test changes as it likes. */
export interface ScriptedScreen {
  screen: Screen;
  session: SessionScreen;
  show(desktop: Desktop): Promise<void>;
  /** What was done to which elements. */
  deeds(): Promise<string[]>;
  /** Kinds of requests that the process got. */
  asked(): Promise<string[]>;
  /** Ends the process, as a crash would. */
  crash(): Promise<void>;
  /** How a looker looks; `before` is the look whose text it has. */
  looking(lookId: string, before?: string, more?: Partial<Looking>): Looking;
}

/** Starts nothing before it is asked. */
export async function scriptedScreen(desktop: Desktop): Promise<ScriptedScreen> {
  const folder = await mkdtemp(join(tmpdir(), "loopd-scripted-screen-"));
  const [program, file, log] = ["program.cjs", "desktop.json", "log"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const show = async (next: Desktop) => {
    await writeFile(`${file}.new`, JSON.stringify(next));
    await rename(`${file}.new`, file);
  };
  await Promise.all([writeFile(program, PROGRAM), show(desktop), writeFile(log, ""), writeFile(`${log}.asked`, "")]);
  const environment = { PATH: process.env["PATH"] ?? "" };
  const client = createScreenClient({
    program: { command: process.execPath, args: [program, file, log], environment },
    idleMs: 60_000,
    now: () => performance.now(),
  });
  onTestFinished(async () => {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  });
  const screen: Screen = {
    ask: async <Name extends ScreenRequest["do"]>(request: ScreenRequestOf<Name>, asking: ScreenAsking) => {
      const reply = await client.ask(request, { limitMs: 20_000, ...asking });
      if (reply instanceof Problem) return reply;
      return { ...reply, answer: screenAnswers[request.do].parse(reply.answer) } as ScreenReply<Name>;
    },
    health: client.health,
    close: client.close,
  };
  const linesOf = async (path: string) => (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  return {
    screen,
    session: createSessionScreen(screen),
    show,
    deeds: () => linesOf(log),
    asked: () => linesOf(`${log}.asked`),
    crash: async () => {
      const { pid } = client.health();
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      while (client.health().state === "running") await new Promise((resolve) => setTimeout(resolve, 5));
    },
    looking: (lookId, before, more = {}) => ({
      signal: new AbortController().signal,
      lookId,
      lastRef: 0,
      budget: 1_000,
      ...(before === undefined ? {} : { before }),
      ...more,
    }),
  };
}

/** A button, named by its key unless said otherwise. */
export function button(key: string, name = key): Piece {
  return { key, role: "push button", name };
}

/** So many buttons that a change of one is worth a diff. */
export const FILLERS: Piece[] = Array.from({ length: 20 }, (_, at) => button(`filler ${at}`));
