import { setTimeout as sleep } from "node:timers/promises";
import { chooseWindow, type OpenWindow } from "./choose-window.ts";
import { Problem, type ProblemCode } from "../problem.ts";
import { stopped } from "../request-ends.ts";
import type { Awaited, Looking, Sight, WindowChoice } from "../session-screen.ts";
import { standingText, tokensOf } from "../tree/inert-text.ts";
import { nextWindow } from "./next-window.ts";
import type { Session } from "./session.ts";
import { shows } from "./shows.ts";
import { type Captured, captureWindow, listWindows, refusal } from "./window-reader.ts";

/** How long a backend waits for a change before the window is read again; others are served between. */
const CHANGE_MS = 400;
/** The least time between two captures of a window that never rests. */
const REST_MS = 150;

/** These may pass while something is waited for: a program that starts, a window that is built anew. */
const PASSING: ReadonlySet<ProblemCode> = new Set([
  ...(["no-app", "no-window", "no-tree", "gone", "not-responding", "timed-out", "crashed"] as const),
]);

/** Of these, the window that was there before is no more. */
const CLOSED: ReadonlySet<ProblemCode> = new Set(["gone", "no-app", "no-window"] as const);

/**
 * Captures a window until what is awaited is so, or the time is over. The session's other calls pass between, and the model is
 * told once, at the end.
 */
export async function wait(
  session: Session,
  choice: WindowChoice,
  awaited: Awaited,
  looking: Looking,
): Promise<{ sight: Sight; isMet: boolean } | Problem> {
  const { signal } = looking;
  session.memory.begin(looking);
  const end = performance.now() + awaited.limitMs;
  let pinned: OpenWindow | undefined;
  for (;;) {
    const captured = await capture(session, choice, pinned, looking);
    if (captured instanceof Problem && !PASSING.has(captured.code)) return captured;
    const left = end - performance.now();
    if (captured instanceof Problem) {
      if (pinned !== undefined && awaited.isGone && CLOSED.has(captured.code)) return closed(session, pinned, looking);
      if (left <= 0) return captured;
    } else {
      pinned = captured.from;
      const isMet = shows(captured.window, awaited) !== awaited.isGone;
      if (isMet || left <= 0)
        return session.inTurn(signal, () =>
          Promise.resolve({ sight: session.memory.show(captured, looking).sight, isMet }),
        );
    }
    await change(session, captured, Math.max(1, Math.min(CHANGE_MS, left)), signal);
    if (signal.aborted) return stopped();
  }
}

/** What was awaited to go has gone with its window. */
function closed({ memory }: Session, { app, title }: OpenWindow, looking: Looking): { sight: Sight; isMet: true } {
  memory.follow(looking);
  const text = `${standingText(app)} | ${standingText(title)}\n(This window is closed now.)`;
  const screen = { text, nodes: 0, controls: [], hidden: 0, tokens: tokensOf(text) };
  return { sight: { app, window: title, text, isFull: true, screen, lastRef: memory.view.lastRef }, isMet: true };
}

/** The window that is waited in: the one that is meant, then what its program has in front. */
async function capture(
  { screen }: Session,
  choice: WindowChoice,
  pinned: OpenWindow | undefined,
  { signal, only }: Looking,
): Promise<Captured | Problem> {
  const list = await listWindows(screen, signal);
  if (list instanceof Problem) return list;
  const follows = pinned !== undefined && choice.window === undefined;
  const app = pinned === undefined ? choice : { ...choice, app: pinned.pid };
  const next = follows ? nextWindow(list.windows, [pinned], pinned.id) : undefined;
  const from = next ?? chooseWindow(list.apps, app);
  if (from instanceof Problem) return from;
  return refusal(from, only) ?? captureWindow(screen, list, from, signal);
}

/** Waits for a change in a window, or a while where there is none; never longer than the signal. */
async function change({ screen }: Session, captured: Captured | Problem, timeMs: number, signal: AbortSignal) {
  const nap = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
  if (captured instanceof Problem) return nap(timeMs);
  const rest = nap(Math.min(REST_MS, timeMs));
  const { generation } = captured.list;
  // Without the signal: to cancel it would end the process that all sessions share.
  const asked = screen.ask({ do: "changed", window: captured.from.id, timeMs: Math.ceil(timeMs) }, { generation });
  const reply = await Promise.race([asked, nap(timeMs * 10)]);
  if (reply instanceof Problem) return nap(timeMs);
  return rest;
}
