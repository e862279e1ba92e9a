import type { CapturedNode } from "../../protocol/screen.ts";
import { valueText } from "./inert-text.ts";
import { description, isPictureName, ownName } from "./names.ts";
import type { RoleLetter } from "./roles.ts";
import type { Control } from "./screen.ts";

/** What stands for the value of a secure field, which is never read. */
const SECRET = "(secret)";
/** How far the options of a combo box are searched for the one that is selected. */
const MOST_OPTIONS = 500;

const has = (node: CapturedNode, state: string) => node.states.includes(state);

/** Whether an element keeps what is put into it secret. */
function isSecret({ secure, role }: CapturedNode): boolean {
  return secure === true || role === "password text";
}

/** An element without what it must not tell, whatever its backend has read of it. */
export function withoutSecret(node: CapturedNode): CapturedNode {
  if (!isSecret(node)) return node;
  return { ...node, text: undefined, value: undefined, chars: undefined, children: [] };
}

/** What is known of an element from what is around it. */
export interface Surroundings {
  /** Text of what it holds. */
  text: string;
  path: number;
  parentRole: string;
  /** The program tells of its elements whether they can be used. */
  tellsEnabled: boolean;
}

/** An element as a control. */
export function controlOf(node: CapturedNode, letter: RoleLetter, around: Surroundings): Control {
  const label = labelOf(node, letter, around.text);
  const name = label || description(node) || ownName(node);
  const value = valueOf(node, letter);
  const control: Control = {
    kind: "control",
    letter,
    role: node.role,
    name: name === value && letter !== "p" && letter !== "t" ? "" : name,
    isDescribed: label === "",
    capturedName: node.name ?? "",
    flags: flagsOf(node, letter, around),
    id: node.id,
    path: around.path,
    isSecure: isSecret(node),
  };
  if (value !== undefined && !(letter === "p" && value === name)) control.value = value;
  return control;
}

/** What names an element besides its description, or "". */
function labelOf(node: CapturedNode, letter: RoleLetter, inside: string): string {
  const own = ownName(node);
  if (own !== "" && !isPictureName(own)) return own;
  const ownText = "tnsp".includes(letter) ? "" : (node.text ?? "").replaceAll("\ufffc", "");
  const held = "tnspxm".includes(letter) ? "" : ownName({ ...node, name: ownText }) || inside;
  return held || (node.role === "calendar" ? node.role : "");
}

function valueOf(node: CapturedNode, letter: RoleLetter): string | undefined {
  if (isSecret(node)) return SECRET;
  const text = node.text === undefined ? undefined : valueText(node.text, node.chars ?? 0);
  if (letter === "t") return text;
  if (letter === "p") return text === undefined || text === "" ? selectedOption(node) : text;
  if (letter !== "n" && letter !== "s") return undefined;
  return text !== undefined && text !== "" ? text : numberText(node.value);
}

/** A number with at most four digits after the point. */
export function numberText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(Math.round(value * 10_000) / 10_000);
}

/** The name of the option of a closed combo box that is selected. */
function selectedOption(node: CapturedNode): string | undefined {
  const waiting = [...node.children];
  for (let i = 0; i < waiting.length && i < MOST_OPTIONS; i++) {
    const option = waiting[i];
    if (option === undefined) break;
    if (has(option, "selected") && (option.name ?? "") !== "") return ownName(option);
    for (const child of option.children) waiting.push(child);
  }
  return undefined;
}

function flagsOf(node: CapturedNode, letter: RoleLetter, { parentRole, tellsEnabled }: Surroundings): string {
  const isDisabled = tellsEnabled && !has(node, "sensitive") && !has(node, "enabled");
  const isReadOnly = letter === "t" && (has(node, "read-only") || !has(node, "editable")) && node.secure !== true;
  const opens = has(node, "expandable") || (node.role === "menu" && parentRole === "menu");
  return (
    (has(node, "focused") ? "*" : "") +
    checkOf(node, letter) +
    (isDisabled ? "!" : "") +
    (opens ? (has(node, "expanded") ? "v" : ">") : "") +
    (isReadOnly && node.role !== "password text" ? "~" : "")
  );
}

/** `+` on, `-` off; a mixed state is both, first what it counts as. */
function checkOf(node: CapturedNode, letter: RoleLetter): string {
  const isOn = has(node, "checked") || has(node, "pressed");
  const isCheck = letter === "k" || letter === "o" || /^(?:check|radio) menu item$/.test(node.role);
  if (isCheck) {
    if (has(node, "indeterminate")) return isOn ? "+-" : "-+";
    return isOn ? "+" : "-";
  }
  if (letter === "x" || letter === "i") return has(node, "selected") ? "+" : "";
  return isOn ? "+" : "";
}
