import { Problem } from "../../problem.ts";
import type { ScreenAnswerOf, ScreenRequestOf } from "../../requests.ts";
import { type MacElement, parseElement } from "./element-name.ts";
import type { Look } from "./look.ts";
import { macAnswers, macBranch, type MacNode } from "./protocol.ts";
import { type RawElement, translateNode } from "./translate.ts";

/** One element as it is right now. */
export interface Glimpse {
  node: MacNode;
  raw: RawElement;
  /** Its name without the element that names it, which a capture may not have come upon. */
  ownName: string;
}

/** UTF-16 units of a text that are looked at; the whole of a longer one is only read in parts. */
const TEXT = 4_000;
const ALONE = { nodes: 1, depth: 1, rows: 1, text: TEXT };
const SHOWN = { showing: true };

/** Looks at one element again, and at what names it. */
export async function glimpse(look: Look, element: MacElement): Promise<Glimpse | Problem> {
  const node = await readNode(look, element.id);
  if (node instanceof Problem) return node;
  const isNamed = node.title !== undefined || node.description !== undefined;
  const label = node.label === undefined || isNamed ? undefined : await readNode(look, node.label);
  const byId = new Map(label === undefined || label instanceof Problem ? [] : [[label.id, label]]);
  const where = { ...SHOWN, focused: node.focused === true };
  const own = translateNode(node, new Map(), element.pid, where);
  return { node, raw: translateNode(node, byId, element.pid, where), ownName: own.name ?? "" };
}

async function readNode(look: Look, id: number): Promise<MacNode | Problem> {
  const branch = await look.ask({ do: "capture", element: id, ...ALONE }, macBranch);
  if (branch instanceof Problem) return branch.code === "stale" ? gone() : branch;
  return branch.nodes[0] ?? gone();
}

/** The element of a name, or the problem that there is none. */
export function elementOf(name: string): MacElement | Problem {
  return parseElement(name) ?? new Problem("invalid", "This is no element of a captured window.");
}

/** What an element is now. */
export async function check(look: Look, name: string): Promise<ScreenAnswerOf<"check"> | Problem> {
  const element = elementOf(name);
  if (element instanceof Problem) return element;
  const now = await glimpse(look, element);
  return now instanceof Problem ? now : foundOf(now);
}

function foundOf({ raw: { id, role, name = "", states } }: Glimpse): ScreenAnswerOf<"check"> {
  return { id, role, name, states };
}

/** What is at a point of the screen, if it is of the window's program. */
export async function hit(
  look: Look,
  { window, x, y }: ScreenRequestOf<"hit">,
): Promise<ScreenAnswerOf<"hit"> | Problem> {
  const within = elementOf(window);
  if (within instanceof Problem) return within;
  const there = await look.ask({ do: "hit", x, y }, macAnswers.hit);
  if (there instanceof Problem) return there.code === "not-found" ? { found: null } : there;
  if (there.pid !== within.pid) return { found: null };
  const now = await glimpse(look, { pid: there.pid, id: there.node.id });
  return now instanceof Problem ? now : { found: foundOf(now) };
}

/** A part of a long text. */
export async function readText(
  look: Look,
  { element: name, from, count }: ScreenRequestOf<"text">,
): Promise<ScreenAnswerOf<"text"> | Problem> {
  const element = elementOf(name);
  if (element instanceof Problem) return element;
  const part = await look.ask({ do: "text", element: element.id, from, count }, macAnswers.text);
  if (!(part instanceof Problem)) {
    const { text, characters } = part;
    return { text, chars: characters < 0 ? from + text.length : characters };
  }
  if (part.code === "stale") return gone();
  if (part.code !== "unsupported") return part;
  // No text of its own: what it shows is its value or its name.
  const now = await glimpse(look, element);
  if (now instanceof Problem) return now;
  const shown = now.raw.text ?? now.raw.name ?? "";
  return { text: shown.slice(from, from + count), chars: shown.length };
}

function gone(): Problem {
  return new Problem("gone", "This element is no longer there. Read the screen again; nothing was done.");
}
