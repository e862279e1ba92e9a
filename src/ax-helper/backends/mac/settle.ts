import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../../problem.ts";
import { stopped } from "../../request-ends.ts";
import type { ScreenAnswerOf, ScreenRequestOf } from "../../requests.ts";
import { parseElement } from "./element-name.ts";
import type { Look } from "./look.ts";
import { macAnswers, macBranch } from "./protocol.ts";

/** Waits for a program to be done with what was asked of it. */
export interface Settling {
  /** Resolves with the number of changes that were seen once there were none for a while. */
  quiet(): Promise<number>;
}

const QUIET_MS = 60;
/** How long the first change may take: work that goes through a second process, as in a browser, starts late. */
const FIRST_MS = 200;
const LONGEST_MS = 500;
const PAUSE_MS = 25;
/** How often somebody who waits looks again. */
const WATCH_MS = 200;
/** What is compared: the windows, and so much of the one in front. No element is forgotten over it. */
const PART = { nodes: 300, rows: 30, text: 200 };
const TIMES = { callMs: 150, timeMs: 250 };

/** Looks at a program from before it is asked, so that every change counts. One that does not tell is not waited for. */
export async function startSettling(look: Look, pid: number): Promise<Settling> {
  const before = await fingerprint(look, pid, undefined);
  return {
    async quiet() {
      const began = performance.now();
      let [last, changes, changedAt] = [before, 0, began];
      while (last !== undefined) {
        const next = await fingerprint(look, pid, undefined);
        const now = performance.now();
        if (next !== last) [last, changes, changedAt] = [next, changes + 1, now];
        const isQuiet = now - changedAt >= (changes === 0 ? FIRST_MS : QUIET_MS);
        if (isQuiet || now - began >= LONGEST_MS) break;
        await sleep(PAUSE_MS);
      }
      return changes;
    },
  };
}

/** Runs a piece of work when nobody else's is under way. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Resolves with true once a window or those beside it look different, with false when the time is over. */
export async function untilChanged(
  look: Look,
  { window, timeMs }: ScreenRequestOf<"changed">,
  inTurn: InTurn,
): Promise<ScreenAnswerOf<"changed"> | Problem> {
  const element = parseElement(window);
  if (element === undefined) return new Problem("invalid", "This is no window that was listed or read.");
  const ends = performance.now() + timeMs;
  const glance = () => fingerprint(look, element.pid, element.id === 0 ? undefined : element.id);
  const before = await inTurn(glance);
  for (let left = timeMs; left > 0; left = ends - performance.now()) {
    await sleep(Math.min(left, WATCH_MS));
    if (look.isCancelled()) return stopped();
    if (before !== undefined && (await inTurn(glance)) !== before) return { changed: true };
  }
  return { changed: false };
}

/** A text that is another one when windows or controls are; undefined when the program does not tell of them. */
async function fingerprint(look: Look, pid: number, window: number | undefined): Promise<string | undefined> {
  const told = await look.ask({ do: "windows", pid }, macAnswers.windows, TIMES);
  if (told instanceof Problem) return undefined;
  const { windows, front } = told;
  const root = window ?? front;
  if (root === undefined) return JSON.stringify(windows);
  const branch = await look.ask({ do: "capture", element: root, ...PART }, macBranch, TIMES);
  return branch instanceof Problem ? undefined : JSON.stringify([windows, front, branch.nodes]);
}
