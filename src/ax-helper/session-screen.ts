import type { Action, Acted } from "../protocol/screen-action.ts";
import type { CapturedWindow, RenderedScreen } from "../protocol/screen.ts";
import type { Millis } from "../protocol/values.ts";
import type { Problem } from "./problem.ts";
import type { ScreenAnswerOf } from "./requests.ts";

/** Which window is meant. Nothing: the one in front, which is never loopd's own face. */
export interface WindowChoice {
  /** A program's name, in any case, or its process. */
  app?: string | number;
  /** Its title, or a part of it. */
  window?: string;
}

/** Who looks, and what it has before it: see `TurnSight`. */
export interface Looking {
  signal: AbortSignal;
  /** Names this look; a later one may tell only what changed since the one that the looker still has before it. */
  lookId: string;
  /** The look whose text the looker still has before it. Absent: none, so the whole window is shown. */
  before?: string;
  /** No reference with this number or a smaller one is given to a new control. */
  lastRef: number;
  /** At most so many tokens of text. */
  budget: number;
  /** The program that was allowed: no other one is looked at, whichever is in front. Absent: any. */
  only?: string;
}

/** A window as somebody sees it. */
export interface Sight {
  app: string;
  window: string;
  /** The whole window, or what changed since the look before. */
  text: string;
  isFull: boolean;
  /** The whole window, whatever `text` is. */
  screen: RenderedScreen;
  lastRef: number;
}

/** A window, and what is known of its capture. */
export interface CapturedNow {
  window: CapturedWindow;
  about: ScreenAnswerOf<"capture">;
}

/** What a reference stands for, as it was seen last. */
export interface Target {
  app: string;
  window: string;
  role: string;
  name: string;
  /** It keeps what is typed into it secret. */
  isSecure: boolean;
  /** What has the keyboard in its window does so: keys would go there. */
  hasSecureFocus: boolean;
  /** Its window holds a secret field, to which a key such as Tab may lead. */
  isNearSecure: boolean;
  /** Its value is a number: a slider, a spin button. */
  takesNumber: boolean;
}

/** What came of an action: what the program did, and what is there now, or why that is not known. */
export interface Deed {
  target: Target;
  acted: Acted;
  /** The window that has the keyboard afterwards: often the same one, else the dialog that came up. */
  after: Sight | Problem;
  /** False: the screen shows no difference. */
  isChanged: boolean;
}

/** What is waited for: a text or control whose name or value holds `text`, of a role if one is given, or that it goes. */
export interface Awaited {
  text: string;
  role?: string;
  isGone: boolean;
  limitMs: Millis;
}

/**
 * One session's sight of the screen: references that last, and what it knows already. All of it is lost with the helper;
 * a reference of before is then unknown, never another control's.
 */
export interface SessionScreen {
  apps(signal: AbortSignal): Promise<ScreenAnswerOf<"apps"> | Problem>;
  /** Whether the screen may be read, and how that is changed. `ask`: lets the system ask the person for it. */
  trust(how: "look" | "ask", signal: AbortSignal): Promise<ScreenAnswerOf<"trust"> | Problem>;
  /** The window as it was captured, for pictures and files. Nothing is remembered of it. */
  capture(choice: WindowChoice, signal: AbortSignal): Promise<CapturedNow | Problem>;
  /** What a `read` would show whole, in the references that there are. Nothing is remembered of it. */
  peek(choice: WindowChoice, budget: number, signal: AbortSignal): Promise<Sight | Problem>;
  /** Which window a read would show now, without reading it. */
  choose(choice: WindowChoice, signal: AbortSignal): Promise<{ app: string; window: string } | Problem>;
  read(choice: WindowChoice, looking: Looking): Promise<Sight | Problem>;
  /** Opens a folded group of the last look, or tells the text of a control, from a character on (0 if absent). */
  expand(ref: string, looking: Looking, from?: number): Promise<Sight | Problem>;
  /** What a reference stands for; asks nobody. */
  find(ref: string): Target | undefined;
  /** Acts on what a reference stands for, if it still is that, and looks again. */
  act(ref: string, action: Action, looking: Looking): Promise<Deed | Problem>;
  /**
   * Resolves with the window once what is awaited is so, or with how it is at the end of the time. What goes with its window is
   * gone too; the sight says so then.
   */
  wait(choice: WindowChoice, awaited: Awaited, looking: Looking): Promise<{ sight: Sight; isMet: boolean } | Problem>;
}
