import type { CapturedNode } from "../../../protocol/screen.ts";
import type { Outline } from "./cached.ts";
import type { Target } from "./bus.ts";
import type { Look } from "./look.ts";
import { isShown } from "./outline.ts";
import { asCount, asNumbers, asText, idOf } from "./values.ts";

const SECURE = "password text";
const NUMERIC = new Set(["slider", "spin button", "progress bar", "level bar", "scroll bar", "dial", "rating"]);
const TEXTUAL = new Set(["entry", "text", "spin button", "combo box", "terminal", "autocomplete", "editbar"]);
/** What a program answers for an element that has no place on the screen. */
const NOWHERE = -0x80000000;

/** Characters that all texts of a capture may still take together. */
export interface TextAllowance {
  left: number;
}

/** A rectangle in points of the screen; undefined when it has none. */
export async function readRect(look: Look, target: Target): Promise<[number, number, number, number] | undefined> {
  const answer = asNumbers(await look.call(target, "Component.GetExtents", { signature: "u", body: [0] }));
  const [x, y, width, height] = answer;
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  return x === NOWHERE || y === NOWHERE || width < 0 || height < 0 ? undefined : [x, y, width, height];
}

/**
 * An element as captures have it: rectangle, value and text of what shows. A long text never crosses whole, a secure one not
 * at all.
 */
export async function readNode(look: Look, outline: Outline, allowance: TextAllowance): Promise<CapturedNode> {
  const { target, role, states, ifaces } = outline;
  const node: CapturedNode = { role, states, ifaces, id: idOf(target), children: [] };
  if (outline.name !== "") node.name = outline.name;
  if (outline.desc !== "") node.desc = outline.desc;
  if (role === SECURE) node.secure = true;
  allowance.left -= outline.name.length + outline.desc.length;
  // Menus that are closed do not show, but have their place.
  if (!states.includes("visible") || (!isShown(look, outline) && role !== "menu" && role !== "frame")) return node;
  const isWorded = role !== SECURE && ifaces.includes("Text") && wantsText(outline) && allowance.left > 0;
  const [rect, value, text] = await Promise.all([
    ifaces.includes("Component") ? readRect(look, target) : undefined,
    ifaces.includes("Value") && NUMERIC.has(role) ? look.get(target, "Value.CurrentValue") : undefined,
    isWorded ? readText(look, target, allowance) : undefined,
  ]);
  if (rect !== undefined) node.rect = rect;
  if (typeof value === "number" && Number.isFinite(value)) node.value = value;
  if (text !== undefined && (text.chars > 0 || TEXTUAL.has(role)) && text.text !== outline.name) {
    node.text = text.text;
    node.chars = text.chars;
  }
  return node;
}

/** Fields say what is in them; elsewhere text only matters where there is no name and nothing below. */
function wantsText({ role, states, name, childCount }: Outline): boolean {
  return TEXTUAL.has(role) || states.includes("editable") || (name === "" && childCount === 0);
}

async function readText(look: Look, target: Target, allowance: TextAllowance) {
  const chars = asCount(await look.get(target, "Text.CharacterCount"));
  const most = Math.max(0, Math.min(chars, look.limits.text, allowance.left));
  const body = [0, most];
  const text = most === 0 ? "" : await look.call(target, "Text.GetText", { signature: "ii", body });
  const cut = asText(text, most * 2);
  allowance.left -= cut.length;
  return { text: cut, chars: Math.max(chars, 0) };
}
