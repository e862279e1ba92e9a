import { afterEach, test } from "vitest";
import type { MacRequest } from "../../../src/ax-helper/backends/mac/protocol.ts";
import {
  macAnswers,
  macBranch,
  type MacCapture,
  macCapture,
  type MacNode,
} from "../../../src/ax-helper/backends/mac/protocol.ts";
import { type Build, compiler, type Screen, startScreen } from "./screen-program.ts";
import type { World } from "./world.ts";

const found = compiler();
if ("missing" in found) console.warn(`The tests of loopd-screen are skipped: ${found.missing}.`);

/** A test that needs a C compiler; skipped without one, which CI does not allow. */
export const nativeTest = test.skipIf("missing" in found);

const running: Screen[] = [];

/** Starts the program under the sanitizers, for one test. */
export async function screenOf(world: World, environment?: Record<string, string>): Promise<Screen> {
  return track(await startScreen(world.file, "checked", environment));
}

/** The same in a build of choice. */
export async function screenBuilt(world: World, build: Build): Promise<Screen> {
  return track(await startScreen(world.file, build));
}

function track(screen: Screen): Screen {
  running.push(screen);
  return screen;
}

// Whatever a test did, the sanitizers must have found nothing: no overflow, no leak, no undefined behaviour.
afterEach(async () => {
  for (const screen of running.splice(0)) {
    const { code, stderr } = await screen.end();
    if (code !== 0 || stderr !== "") throw new Error(`loopd-screen ended with ${code}: ${stderr}`);
  }
});

/** Captures a window, or throws what refused it. */
export async function capture(
  screen: Screen,
  options: Partial<Extract<MacRequest, { do: "capture" }>> = {},
): Promise<MacCapture> {
  const answer = await screen.request({ do: "capture", ...options });
  if (answer.ok === undefined) throw new Error(JSON.stringify(answer.error));
  return macCapture.parse(answer.ok);
}

/** Captures below one element. */
export async function branch(screen: Screen, element: number, options: object = {}) {
  const answer = await screen.request({ do: "capture", element, ...options });
  if (answer.ok === undefined) throw new Error(JSON.stringify(answer.error));
  return macBranch.parse(answer.ok);
}

/** The only node of a name (title or value). */
export function named(nodes: readonly MacNode[], name: string): MacNode {
  const all = nodes.filter(({ title, value }) => title === name || value === name);
  const [node] = all;
  if (all.length !== 1 || node === undefined) throw new Error(`${all.length} nodes are named ${name}`);
  return node;
}

/** Acts, and returns the outcome or the code of the refusal. */
export async function act(screen: Screen, action: Record<string, unknown>): Promise<string> {
  const answer = await screen.request({ do: "act", ...action });
  return answer.ok === undefined ? answer.error.code : macAnswers.act.parse(answer.ok).outcome;
}
