import { OWN_FACES } from "../../../protocol/own-faces.ts";
import { Problem, type ProblemCode } from "../../problem.ts";
import type { ScreenAnswerOf } from "../../requests.ts";
import { nameElement } from "./element-name.ts";
import type { Look } from "./look.ts";
import { macAnswers } from "./protocol.ts";
import { translateNode } from "./translate.ts";

type App = ScreenAnswerOf<"apps">["apps"][number];

/** How long a program may take to tell of its windows, and one that was silent the last time. */
const CALL_MS = 400;
const SILENT_MS = 100;
/** With less time than this nobody is asked any more. */
const LEAST_MS = 500;
/** Ends of `loopd-screen`, not of the program that it asks. */
const OWN_ENDS = new Set<ProblemCode>(["no-trust", "timed-out", "crashed", "unavailable", "cancelled"]);

/** Names that never stand for the program in front: a person talks to loopd through them. */
export function withoutFaces(): { exclude: string[] } {
  return { exclude: [...OWN_FACES] };
}

/** The process in front; undefined when there is none. */
export async function frontmost(look: Look): Promise<number | undefined | Problem> {
  const front = await look.ask({ do: "frontmost", ...withoutFaces() }, macAnswers.frontmost);
  if (!(front instanceof Problem)) return front.pid;
  return OWN_ENDS.has(front.code) ? front : undefined;
}

/** The process of a program: a number is one, a name is that of the foremost program with it, in any case. */
export async function findApp(look: Look, app: number | string): Promise<number | Problem> {
  if (typeof app === "number") return app;
  const listed = await look.ask({ do: "apps" }, macAnswers.apps);
  if (listed instanceof Problem) return listed;
  const found = listed.apps.find(({ name }) => name.toLowerCase() === app.toLowerCase());
  if (found !== undefined) return found.pid;
  const names = [...new Set(listed.apps.map(({ name }) => name).filter((name) => name !== ""))];
  return new Problem("no-app", `No program ${JSON.stringify(app)} shows windows here.`, names);
}

/**
 * Every program that has windows, front to back, with what it tells of them. One that does not answer costs one bounded call,
 * and as long as it stays silent a shorter one; the others are still asked.
 */
export async function listApps(look: Look, silent: Set<number>): Promise<ScreenAnswerOf<"apps"> | Problem> {
  const listed = await look.ask({ do: "apps" }, macAnswers.apps);
  if (listed instanceof Problem) return listed;
  const front = await frontmost(look);
  if (front instanceof Problem) return front;
  for (const pid of silent) if (!listed.apps.some((app) => app.pid === pid)) silent.delete(pid);
  const apps: App[] = [];
  for (const { pid, name } of listed.apps) {
    const app = { id: String(pid), pid, name };
    const windows =
      look.timeLeft() < LEAST_MS ? "unknown" : await windowsOf(look, pid, { silent, isFront: pid === front });
    if (windows instanceof Problem) return windows;
    if (windows === "unknown") apps.push({ ...app, responding: false, windows: [] });
    else if (windows !== "none") apps.push({ ...app, responding: true, windows });
  }
  return { apps };
}

async function windowsOf(
  look: Look,
  pid: number,
  { silent, isFront }: { silent: Set<number>; isFront: boolean },
): Promise<App["windows"] | "unknown" | "none" | Problem> {
  const callMs = silent.has(pid) ? SILENT_MS : Math.min(CALL_MS, look.limits.callMs ?? CALL_MS);
  const told = await look.ask({ do: "windows", pid }, macAnswers.windows, { callMs });
  silent.delete(pid);
  if (told instanceof Problem) {
    if (OWN_ENDS.has(told.code)) return told;
    if (told.code !== "not-responding") return told.code === "no-app" ? "none" : [];
    silent.add(pid);
    return "unknown";
  }
  return told.windows.map((node) => {
    const { role, name = "" } = translateNode(node, new Map(), pid, { showing: true, focused: false });
    const active = isFront && node.id === told.front;
    return { id: nameElement(pid, node.id), title: name, role, active, modal: node.modal === true };
  });
}
