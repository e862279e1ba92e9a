import { Problem } from "../problem.ts";
import type { Looking, Sight, Target } from "../session-screen.ts";
import { nameText, standingText, tokensOf } from "../tree/inert-text.ts";
import { FOLD } from "../tree/screen.ts";
import type { RefEntry } from "../tree/refs.ts";
import { ScreenView } from "../tree/screen-view.ts";
import type { OpenWindow } from "./choose-window.ts";
import type { Captured, WindowList } from "./window-reader.ts";

const TOO_LARGE = "(Not all of it was read: it is too large. What is missing is counted.)";
const SLOW = "(Not all of it was read: the program answered too slowly. Read it again for more.)";
/** What is said of a capture that is not whole, by what ended it. */
const CUT: Record<Captured["about"]["cut"], string> = {
  none: "",
  ...{ nodes: TOO_LARGE, depth: TOO_LARGE, bytes: TOO_LARGE, memory: TOO_LARGE },
  ...{ time: SLOW, "not-responding": SLOW },
  gone: "(It closed while it was read.)",
};

/** The smallest budget of a rendering, in tokens. */
const LEAST_BUDGET = 20;

/** What one session has seen, and which look of it somebody has before them. Does no I/O. */
export class SessionView {
  readonly view = new ScreenView();
  /** The process that the elements are from. */
  generation: number | undefined;
  /** Windows that were open at the last look. */
  open: readonly OpenWindow[] = [];
  #lookId: string | undefined;

  /** Something is asked by somebody who has a look before them. */
  begin({ before, lastRef }: Looking): void {
    this.view.startAfter(lastRef);
    if (before !== undefined && before === this.#lookId) this.view.confirm(before);
  }

  /** What a capture shows, or what changed since the look that is before whoever looks. */
  show(captured: Captured, looking: Looking): { sight: Sight; isChanged: boolean | undefined } {
    this.#begin(captured.list);
    this.#follow(looking);
    const { window, from, list, about } = captured;
    const note = CUT[about.cut];
    const budget = Math.max(LEAST_BUDGET, looking.budget - (note === "" ? 0 : tokensOf(note) + 1));
    const look = this.view.look(window, budget, { lookId: looking.lookId, open: list.windows });
    const { isFull, screen, isChanged } = look;
    const text = note === "" ? look.text : `${look.text}\n${note}`;
    const names = { app: from.app, window: nameText(window.window) };
    return { sight: { ...names, text, isFull, screen, lastRef: this.view.lastRef }, isChanged };
  }

  /** A window that does not tell what it holds, with one reference for all of it. */
  showClosed(list: WindowList, from: OpenWindow, why: string, looking: Looking): Sight {
    this.#begin(list);
    this.#follow(looking);
    const { app, title, id, role, capturedTitle } = from;
    const none = { letter: "i" as const, isDescribed: false, flags: "", path: 0, isSecure: false };
    const window = { ...none, kind: "control" as const, role, name: title, capturedName: capturedTitle, id };
    const lines = [{ parts: [window], group: 0 }];
    const screen = { app, title, windowId: id, nodes: 0, lines, groups: new Map() };
    const ref = this.view.windowRef(screen, window, { lookId: looking.lookId, open: list.windows });
    const text = `${standingText(app)} | ${standingText(title)}\n${ref} the window itself: takes key and menu\n(${why})`;
    const shown = { text, nodes: 0, controls: [{ ref, role, name: title }], hidden: 0, tokens: tokensOf(text) };
    return { app, window: title, text, isFull: true, screen: shown, lastRef: this.view.lastRef };
  }

  /** A capture as `show` would tell it whole. Nobody counts as having seen it. */
  peek(captured: Captured, budget: number): Sight {
    this.#begin(captured.list);
    const { window, from, list } = captured;
    const screen = this.view.peek(window, Math.max(LEAST_BUDGET, budget), { lookId: "", open: list.windows });
    const names = { app: from.app, window: nameText(window.window) };
    return { ...names, text: screen.text, isFull: true, screen, lastRef: this.view.lastRef };
  }

  /** More of the last look is told: whoever has that has this too. */
  follow(looking: Looking): void {
    this.#follow(looking);
  }

  /** What a reference stands for, or why it cannot be used. */
  entryOf(ref: string): RefEntry | Problem {
    const entry = this.view.find(ref);
    if (entry !== undefined) return entry;
    return new Problem("stale", `${nameText(ref)} is no reference that is known now. Read the screen again.`);
  }

  find(ref: string): Target | undefined {
    const entry = this.view.find(ref);
    return entry === undefined ? undefined : targetOf(entry);
  }

  #begin(list: WindowList): void {
    if (this.generation !== undefined && this.generation !== list.generation) this.view.renew();
    this.generation = list.generation;
    this.open = list.windows;
  }

  #follow({ before, lookId }: Looking): void {
    if (before === undefined || before !== this.#lookId) this.view.forget();
    this.#lookId = lookId;
  }
}

/** What stands for a folded group, and is nothing in its program. */
export function isFold({ control }: RefEntry): boolean {
  return control.id.endsWith(FOLD);
}

/** What a reference stands for, for a person or a rule. */
export function targetOf({ control, window }: RefEntry): Target {
  const { role, name, letter, isSecure } = control;
  const hasSecureFocus = window.focus?.isSecure === true;
  return {
    app: window.app,
    window: window.title,
    role,
    name,
    isSecure,
    hasSecureFocus,
    isNearSecure: window.hasSecure,
    takesNumber: "ns".includes(letter),
  };
}
