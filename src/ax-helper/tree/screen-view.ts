import type { CapturedWindow, RenderedScreen } from "../../protocol/screen.ts";
import { diff } from "./diff.ts";
import { tokensOf } from "./inert-text.ts";
import { normalise } from "./normalise.ts";
import { type RefEntry, RefBook, type WindowRefs } from "./refs.ts";
import { headerOf, Renderer, rendered } from "./render.ts";
import type { Screen } from "./screen.ts";
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
}

const cellKeys = ({ lines }: Shown) => lines.flatMap(({ cells }) => cells.map(({ ref, text }) => ref ?? text));

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

  /** Shows a capture, in a budget in tokens if there is one. */
  look(capture: CapturedWindow, budget: number | undefined): Look {
    const screen = normalise(capture);
    const sitting = this.#refs.open(screen);
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
    this.#seen = { capture, window: sitting.window, renderer, shown, cells, diffs: isFull ? 0 : diffs };
    return { text: isFull ? whole.text : changes, isFull, screen: whole, diff: changes };
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
    if (seen === undefined || group === undefined) return undefined;
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
