import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { closeSync, constants } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Action, Acted } from "../../../../src/protocol/screen-action.ts";
import { type CapturedNode, type CapturedWindow, parseCapture } from "../../../../src/protocol/screen.ts";
import { Problem } from "../../../../src/ax-helper/problem.ts";
import type { ScreenAnswerOf, ScreenRequestOf } from "../../../../src/ax-helper/requests.ts";
import { openScreen, type Screen } from "../../../../src/ax-helper/screen.ts";
import { buildProgram, compiler } from "../../native/screen-program.ts";
import type { World } from "../../native/world.ts";

/** A test that needs a C compiler; skipped without one, which CI does not allow. */
export const deskTest = test.skipIf("missing" in compiler());

/** A Mac of the stub's, behind the one `Screen`, as the helper has it. */
export interface Desk {
  screen: Screen;
  capture(request?: Omit<ScreenRequestOf<"capture">, "do">): Promise<Seen>;
  /** Acts on an element as it was read. */
  act(node: CapturedNode, action: Action): Promise<Acted | Problem>;
  /** The answer to a request, whose problem fails the test. */
  ask<Name extends Parameters<Screen["ask"]>[0]["do"]>(request: ScreenRequestOf<Name>): Promise<ScreenAnswerOf<Name>>;
  /** Changes the world by lines of the control pipe. */
  control(...lines: string[]): Promise<void>;
  /** Everything that was done since the last call. */
  events(): Promise<Record<string, unknown>[]>;
  counters(): Promise<Record<string, number>>;
}

/** A captured window, and what is known of its capture. */
export interface Seen {
  window: CapturedWindow;
  about: ScreenAnswerOf<"capture">;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Writes a program that starts `loopd-screen` over `world`, and returns its path and the folder that holds the pipes. */
export function writeMac(world: World): { program: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "loopd-mac-"));
  const at = (name: string) => join(folder, name);
  writeFileSync(at("world.json"), JSON.stringify(world.file));
  writeFileSync(at("told"), "");
  execFileSync("mkfifo", [at("control")]);
  const environment = `STUB_CONTROL=1 STUB_WORLD='${at("world.json")}' ASAN_OPTIONS=detect_leaks=1`;
  const pipes = `3<>'${at("control")}' 4>>'${at("told")}'`;
  writeFileSync(at("screen"), `#!/bin/sh\n${environment} exec '${buildProgram("checked")}' ${pipes}\n`);
  chmodSync(at("screen"), 0o755);
  return { program: at("screen"), folder };
}

/** Opens the screen of a world. Closed after the test. */
export function openDesk(world: World): Desk {
  const { program, folder } = writeMac(world);
  const place = { platform: "darwin", architecture: "arm64", environment: { LOOPD_SCREEN_BACKEND: `mac:${program}` } };
  const screen = openScreen({ ...place, platform: "darwin" });
  const control = openSync(join(folder, "control"), constants.O_RDWR | constants.O_NONBLOCK);
  ends.push(async () => {
    await screen.close();
    closeSync(control);
    rmSync(folder, { recursive: true, force: true });
  });
  const ask: Desk["ask"] = async (request) => {
    const reply = await screen.ask(request, {});
    if (reply instanceof Problem) throw new Error(`${reply.code}: ${reply.message}`);
    return reply.answer;
  };
  const tell = async (...lines: string[]) => {
    writeSync(control, lines.map((line) => `${line}\n`).join(""));
    await ask({ do: "trust", ask: false });
  };
  const told = async (verb: string) => {
    await tell(verb);
    return JSON.parse(readFileSync(join(folder, "told"), "utf8").trim().split("\n").at(-1) ?? "") as unknown;
  };
  return {
    screen,
    ask,
    capture: async (request = {}) => {
      const about = await ask({ do: "capture", ...request });
      const window = parseCapture(about);
      if ("problem" in window) throw new Error(window.problem);
      return { window, about };
    },
    act: async ({ id, role, name = "" }, action) => {
      const reply = await screen.ask({ do: "act", element: id, expected: { role, name }, act: action }, {});
      return reply instanceof Problem ? reply : reply.answer;
    },
    control: tell,
    events: async () => (await told("events")) as Record<string, unknown>[],
    counters: async () => (await told("stats")) as Record<string, number>,
  };
}

/** All elements of a window, in document order. */
export function elementsIn({ tree }: CapturedWindow): CapturedNode[] {
  const below = (node: CapturedNode): CapturedNode[] => [node, ...node.children.flatMap(below)];
  return below(tree);
}

/** The only element of a role and a name. */
export function find({ window }: Seen, role: string, name: string): CapturedNode {
  const found = elementsIn(window).filter((node) => node.role === role && (node.name ?? "") === name);
  const [only] = found;
  expect(
    found.map((node) => node.name),
    `${role} ${name}`,
  ).toHaveLength(1);
  if (only === undefined) throw new Error(`no ${role} ${name}`);
  return only;
}

/** What a request was refused with. */
export async function refusal(reply: Promise<unknown>): Promise<Problem> {
  const got = await reply;
  if (!(got instanceof Problem)) throw new Error(`not refused: ${JSON.stringify(got)}`);
  return got;
}
