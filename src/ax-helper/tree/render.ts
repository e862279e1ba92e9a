import type { RenderedScreen } from "../../protocol/screen.ts";
import { fit } from "./fit.ts";
import { hashOf } from "./hash.ts";
import { bytesOf, controlName, standingText, tokensOf } from "./inert-text.ts";
import type { RefSitting } from "./refs.ts";
import { type Control, FOLD, type Group, type Line, type Part, type Screen } from "./screen.ts";
import type { Cell, Shown, ShownLine } from "./shown.ts";

/** Letters of controls that may have a value. */
const VALUED = "tnps";

/** Writes a cell of a control. */
function controlCell({ letter, flags, name, value, role }: Control, ref: string): Cell {
  const shownName = VALUED.includes(letter) ? controlName(name) : name;
  const text = `${ref}${flags}${name === "" ? "" : ` ${shownName}`}${value === undefined ? "" : `=${value}`}`;
  return { text, ref, role, name, value, hides: 0 };
}

function foldCell({ role, name }: Group, ref: string, hides: number): Cell {
  const text = `${ref}> ${name === "" ? "" : `${controlName(name)}: `}${hides} hidden`;
  return { text, ref, role, name, hides };
}

/** What stands for a folded group among the controls, so that it gets a reference of its own. */
function foldControl({ role, name, id, path }: Group): Control {
  const own = { id: id === "" ? "" : `${id}${FOLD}`, path: hashOf(path, "fold"), isSecure: false };
  return { kind: "control", letter: "i", role, name, isDescribed: false, capturedName: name, flags: ">", ...own };
}

function lineOf(cells: Cell[], group: number, hasFocus: boolean): ShownLine {
  return { cells, bytes: bytesOf(cells.map(({ text }) => text).join(" | ")) + 1, group, hasFocus };
}

/** The most bytes that so many tokens hold. */
const bytesIn = (tokens: number) => Math.floor(tokens * 3.5);

/** Writes normalised windows; the references come from one sitting. */
export class Renderer {
  readonly #sitting: RefSitting;
  readonly #groups: Map<number, Group>;
  readonly #folds = new Map<number, string>();

  constructor(screen: Screen, sitting: RefSitting) {
    this.#sitting = sitting;
    this.#groups = screen.groups;
  }

  /**
   * Lines as they are written, in a budget in tokens if there is one: the largest groups lose their last rows first,
   * then all, and one line with a reference counts what is missing. `header` counts too.
   */
  show(header: string, lines: Line[], budget: number | undefined): Shown {
    const isControl = (part: Part) => part.kind === "control";
    const controls = lines.flatMap(({ parts }) => parts.filter(isControl));
    const refs = this.#sitting.give(controls);
    const written = lines.map(({ parts, group }) =>
      lineOf(
        parts.map((part) => this.#cell(part, refs)),
        group,
        parts.some((part) => part.kind === "control" && part.flags.startsWith("*")),
      ),
    );
    if (budget === undefined) return { header, lines: written };
    const most = bytesIn(budget);
    const room = cutHeader(header, most);
    const fold = (group: number, count: number) => lineOf([this.#fold(group, count)], group, false);
    const foldBytes = (group: number) => bytesOf(`i99999> ${this.#groups.get(group)?.name ?? ""}: 9999999 hidden`) + 1;
    return { header: room, lines: fit(written, most - bytesOf(room), { fold, foldBytes }) };
  }

  /** The group that a reference of this sitting folds. */
  groupOf(ref: string): number | undefined {
    for (const [group, one] of this.#folds) if (one === ref) return group;
    return undefined;
  }

  #cell(part: Part, refs: ReadonlyMap<Control, string>): Cell {
    if (part.kind === "control") return controlCell(part, refs.get(part) ?? part.letter);
    if (part.kind === "fold") return this.#fold(part.group, part.count);
    return { text: standingText(part.text), role: "", name: "", hides: 0 };
  }

  #fold(index: number, count: number): Cell {
    const group = this.#groups.get(index) ?? { role: "", name: "", id: "", path: 0, parent: -1 };
    const control = foldControl(group);
    const ref = this.#folds.get(index) ?? this.#sitting.give([control]).get(control) ?? "i";
    this.#folds.set(index, ref);
    return foldCell(group, ref, count);
  }
}

/** Bytes that a line which counts everything else needs beside the header. */
const LEAST_REST = 36;

function cutHeader(header: string, most: number): string {
  if (bytesOf(header) + LEAST_REST <= most) return header;
  const characters = [...header];
  while (characters.length > 0 && bytesOf(characters.join("")) + LEAST_REST + 3 > most) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** The line above a window: program and title. */
export function headerOf({ app, title }: Screen): string {
  return title === "" ? standingText(app) : `${standingText(app)} | ${standingText(title)}`;
}

/** A written window, with what is in it. */
export function rendered(shown: Shown, nodes: number): RenderedScreen {
  const lines = shown.lines.map(({ cells }) => cells.map(({ text }) => text).join(" | "));
  const text = [shown.header, ...lines].join("\n");
  const cells = shown.lines.flatMap((line) => line.cells);
  const controls = cells.flatMap(({ ref, role, name }) => (ref === undefined ? [] : [{ ref, role, name }]));
  const hidden = cells.reduce((sum, { hides }) => sum + hides, 0);
  return { text, nodes, controls, hidden, tokens: tokensOf(text) };
}
