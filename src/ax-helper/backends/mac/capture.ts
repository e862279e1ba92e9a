import { Problem } from "../../problem.ts";
import type { ScreenAnswerOf, ScreenRequestOf } from "../../requests.ts";
import { findApp, frontmost, withoutFaces } from "./apps.ts";
import { nameElement, parseElement } from "./element-name.ts";
import type { Look } from "./look.ts";
import { type MacCapture, macCapture, type MacRequest } from "./protocol.ts";
import { type RawWindow, translate } from "./translate.ts";

type Target = Pick<Extract<MacRequest, { do: "capture" }>, "pid" | "window" | "exclude">;

/** The most that `loopd-screen` takes. */
const MOST_DEPTH = 500;

/** A window in the shape that all backends share: the one that is named, that of a program, or the one in front. */
export async function capture(
  look: Look,
  request: ScreenRequestOf<"capture">,
): Promise<(RawWindow & ScreenAnswerOf<"capture">) | Problem> {
  const target = await targetOf(look, request);
  if (target instanceof Problem) return target;
  const seen = await look.ask({ do: "capture", ...target, ...bounds(look) }, macCapture);
  if (seen instanceof Problem) return seen.code === "stale" ? closed() : seen;
  const { app, window, cut, calls } = seen;
  const missing = whyMissing(seen);
  if (missing !== undefined) return missing;
  const front = target.exclude === undefined ? await frontmost(look) : app.pid;
  const active = window?.front === true && front === app.pid;
  const windowId = nameElement(app.pid, window?.id ?? 0);
  return { ...translate(seen), pid: app.pid, windowId, active, cut, nodes: seen.nodes.length, calls };
}

async function targetOf(look: Look, { app, window }: ScreenRequestOf<"capture">): Promise<Target | Problem> {
  if (window !== undefined) {
    const element = parseElement(window);
    if (element === undefined) return new Problem("invalid", "This is no window that was listed or read.");
    return element.id === 0 ? { pid: element.pid } : { window: element.id };
  }
  if (app === undefined) return withoutFaces();
  const pid = await findApp(look, app);
  if (pid instanceof Problem) return pid;
  return pid > 0 ? { pid } : new Problem("no-app", "No such program runs. List the programs that are open.");
}

function bounds({ limits: { nodes, depth, text, children } }: Look) {
  return {
    ...(nodes === undefined ? {} : { nodes }),
    ...(depth === undefined ? {} : { depth: Math.min(depth, MOST_DEPTH) }),
    ...(text === undefined ? {} : { text }),
    ...(children === undefined ? {} : { rows: children }),
  };
}

/** Why there is nothing to show. A program without a window still has its menus. */
function whyMissing({ app, window, nodes, cut }: MacCapture): Problem | undefined {
  if (window !== null && nodes.some(({ id }) => id === window.id)) return undefined;
  const name = app.name === "" ? `Process ${app.pid}` : app.name;
  if (cut === "not-responding")
    return new Problem(
      "not-responding",
      `${name} does not answer; it may be stopped or busy. Try again, or use another one.`,
    );
  if (window !== null) return closed();
  return nodes.length > 0 ? undefined : new Problem("no-window", `${name} has no window open. Open one first.`);
}

function closed(): Problem {
  return new Problem("gone", "This window is no longer open. Read the screen again.");
}
