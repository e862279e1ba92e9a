import type { CapturedWindow, RenderedScreen } from "../../protocol/screen.ts";
import { diff, isNothing } from "./diff.ts";
import { tokensOf } from "./inert-text.ts";
import { normalise } from "./normalise.ts";
import { type Occasion, type RefEntry, RefBook, type WindowRefs } from "./refs.ts";
import { headerOf, Renderer, rendered } from "./render.ts";
import type { Control, Screen } from "./screen.ts";
import type { Shown } from "./shown.ts";

/** A diff is sent when it is below this share of the whole window. */
const WORTH_A_DIFF = 0.6;
/** After so many diffs the whole window is sent again. */
const MOST_DIFFS = 6;

/** What a model gets to see of a capture. `isFull`: `text` is the whole window; else what changed since the last look. */
export interface Look {
  text: string;
  isFull: boolean;
  /** The whole window, whatever was sent. */
  screen: RenderedScreen;
  /** What changed; "" at the first look at a window. */
  diff: string;
  /** Whether anything did; of a window that was not looked at just before, nobody knows. */
  isChanged: boolean | undefined;
}

/** What was looked at last. */
interface Seen {
  capture: CapturedWindow;
  window: WindowRefs;
  renderer: Renderer;
  shown: Shown;
  /** References and texts that the model has seen of this capture. */
  cells: Set<string>;
  diffs: number;
  /** Its elements are those of a process that is gone. */
  isLost: boolean;
}

const cellKeys = ({ lines }: Shown) => lines.flatMap(({ cells }) => cells.map(({ ref, text }) => ref ?? text));

/** The title of a window as the list of open ones tells it, which is what is compared later. */
function titleOf({ windowId, title }: Screen, occasion: Occasion | undefined): string {
  return occasion?.open.find(({ id }) => id === windowId)?.title ?? title;
}

/** Whether a group is another, or in it. */
function isWithin({ groups }: Screen, group: number, around: number): boolean {
  for (let at = group; at >= 0; at = groups.get(at)?.parent ?? -1) if (at === around) return true;
  return false;
}

/** The screens of one session: references that last, and what the model knows already. Does no I/O. */
export class ScreenView {
  readonly #refs = new RefBook();
  #seen: Seen | undefined;
  #isStale = false;

  /** The highest number of a reference so far. */
  get lastRef(): number {
    return this.#refs.last;
  }

  /** References get higher numbers than this one from now on. */
  startAfter(lastRef: number): void {
    this.#refs.startAfter(lastRef);
  }

  /** All elements have other identities from now on: those of before name nothing, or something else. */
  renew(): void {
    this.#refs.renew();
    if (this.#seen !== undefined) this.#seen.isLost = true;
  }

  /** Whoever looks has seen a look. */
  confirm(lookId: string): void {
    this.#refs.confirm(lookId);
  }

  /** Whether a reference stands for something that has another name by now than whoever looks may have seen. */
  isDoubtful(entry: RefEntry): boolean {
    return this.#refs.isDoubtful(entry);
  }

  /** A capture as a look would show it whole; what was looked at last stays so, and nothing counts as seen. */
  peek(capture: CapturedWindow, budget: number | undefined, occasion: Occasion): RenderedScreen {
    const screen = normalise(capture);
    const renderer = new Renderer(screen, this.#refs.open(screen, occasion));
    return rendered(renderer.show(headerOf(screen), screen.lines, budget), screen.nodes);
  }

  /** The reference of a window of which nothing else is known: keys and menus can be sent there. */
  windowRef(screen: Screen, window: Control, occasion: Occasion): string {
    this.#seen = undefined;
    const sitting = this.#refs.open(screen, occasion);
    sitting.window.seenTitle = titleOf(screen, occasion);
    return sitting.give([window]).get(window) ?? "";
  }

  /** Shows a capture, in a budget in tokens if there is one. */
  look(capture: CapturedWindow, budget: number | undefined, occasion?: Occasion): Look {
    const screen = normalise(capture);
    const sitting = this.#refs.open(screen, occasion);
    sitting.window.seenTitle = titleOf(screen, occasion);
    const renderer = new Renderer(screen, sitting);
    const shown = renderer.show(headerOf(screen), screen.lines, budget);
    const whole = rendered(shown, screen.nodes);
    const last = this.#seen?.window === sitting.window ? this.#seen : undefined;
    const diffs = (last?.diffs ?? 0) + 1;
    const changes = last === undefined ? "" : diff(last.shown, shown, diffs);
    const isSmall = tokensOf(changes) < whole.tokens * WORTH_A_DIFF;
    const isFull = last === undefined || this.#isStale || diffs > MOST_DIFFS || !isSmall;
    this.#isStale = false;
    const cells = new Set(cellKeys(shown));
    this.#seen = { capture, window: sitting.window, renderer, shown, cells, diffs: isFull ? 0 : diffs, isLost: false };
    const isChanged = last === undefined ? undefined : !isNothing(changes);
    return { text: isFull ? whole.text : changes, isFull, screen: whole, diff: changes, isChanged };
  }

  /** The next look is a full one: what the model saw is no longer in its context. References stay as they are. */
  forget(): void {
    this.#isStale = true;
  }

  /** What a reference stands for, as the model saw it last. */
  find(ref: string): RefEntry | undefined {
    return this.#refs.find(ref);
  }

  /**
   * What a folded group of the last look hides, in a budget in tokens; what is too much for that stays folded, under the
   * same reference. Undefined if the reference folds nothing there. Children that were never read remain a number.
   */
  expand(ref: string, budget: number | undefined): RenderedScreen | undefined {
    const seen = this.#seen;
    const group = seen?.renderer.groupOf(ref);
    if (seen === undefined || group === undefined || seen.isLost) return undefined;
    const screen = normalise(seen.capture, group);
    const lines = screen.lines.filter((line) => isWithin(screen, line.group, group));
    const renderer = new Renderer(screen, this.#refs.reopen(screen));
    const all = renderer.show("", lines, undefined);
    const isNew = lines.filter((_, at) => {
      const line = all.lines[at];
      return line !== undefined && line.cells.some((cell) => !seen.cells.has(cell.ref ?? cell.text) || cell.hides > 0);
    });
    const header = `${ref}> ${screen.groups.get(group)?.name ?? ""}`.trimEnd();
    const shown = renderer.show(header, isNew, budget);
    for (const key of cellKeys(shown)) seen.cells.add(key);
    seen.renderer = renderer;
    return rendered(shown, screen.nodes);
  }
}
