import { plainName } from "../../actions/plain-name.ts";
import { Problem } from "../../problem.ts";
import { type Check, checkedBy, type Deed, demand, type Subject, tellWhether } from "./deed.ts";
import { glimpse } from "./elements.ts";
import { macBranch, type MacNode } from "./protocol.ts";
import { press } from "./press.ts";
import { byTitles } from "./titles.ts";

const CHOICES = 40;
/** Elements of a list among which an option is looked for. */
const PART = { nodes: 1_000, depth: 8 };
/** A press chooses these, and leaves the others. */
const PRESSED = new Set(["AXRadioButton", "AXMenuItem", "AXMenuBarItem", "AXButton", "AXCheckBox"]);
/** These carry their options in a menu that is there while it is open. */
const POPUPS = new Set(["AXPopUpButton", "AXMenuButton"]);

/** Selects an item of a list, or an option of a list, a pop-up button or a combo box by its name. */
export async function select(subject: Subject, option: string | undefined): Promise<Deed | Problem> {
  const { look, element, now } = subject;
  const role = now.node.role ?? "";
  if (option === undefined) return POPUPS.has(role) ? needsOption() : selectItem(subject);
  if (POPUPS.has(role)) {
    const deed = await byTitles([option], ([title = ""]) =>
      demand(look, { action: "choose", element: element.id, title }, "accessibility"),
    );
    return checkedBy(deed, subject, ({ node }) => (role === "AXMenuButton" ? {} : tellValue(node, option)));
  }
  if (role === "AXComboBox") {
    const deed = await demand(look, { action: "set-value", element: element.id, value: option }, "accessibility");
    return checkedBy(deed, subject, ({ node }) => tellValue(node, option));
  }
  const item = await findOption(subject, option);
  return item instanceof Problem ? item : selectItem(item);
}

function needsOption(): Problem {
  return new Problem("invalid", "Say which option: give its name, or press it to see them.");
}

function tellValue({ value, title }: MacNode, option: string): Check {
  const shown = typeof value === "string" ? value : (title ?? "");
  return tellWhether(plainName(shown) === plainName(option), `It shows ${JSON.stringify(shown.slice(0, 120))}.`);
}

async function selectItem(subject: Subject): Promise<Deed | Problem> {
  const { look, element, now } = subject;
  if (PRESSED.has(now.node.role ?? "")) return checkedBy(await press(subject), subject, ({ raw }) => isOn(raw.states));
  const deed = await demand(look, { action: "select", element: element.id }, "accessibility");
  const done = deed instanceof Problem && deed.code === "unsupported" ? await press(subject) : deed;
  return checkedBy(done, subject, ({ node, raw }) => (node.selected === undefined ? {} : isOn(raw.states)));
}

function isOn(states: readonly string[]): Check {
  const isKnown = ["checkable", "selectable", "selected"].some((state) => states.includes(state));
  return isKnown ? { verified: states.includes("checked") || states.includes("selected") } : {};
}

/** The nearest thing below a list that can be chosen and has that name, or shows it. */
async function findOption(subject: Subject, option: string): Promise<Subject | Problem> {
  const { look, element } = subject;
  const branch = await look.ask({ do: "capture", element: element.id, ...PART }, macBranch);
  if (branch instanceof Problem) return branch;
  const byId = new Map(branch.nodes.map((node) => [node.id, node]));
  const names: string[] = [];
  for (const node of branch.nodes) {
    if (node.id === element.id) continue;
    const name = nameOf(node);
    if (name === "") continue;
    if (plainName(name) !== plainName(option)) {
      if (!names.includes(name)) names.push(name);
      continue;
    }
    const id = itemAround(node, byId, element.id).id;
    const now = await glimpse(look, { pid: element.pid, id });
    return now instanceof Problem ? now : { look, element: { pid: element.pid, id }, now };
  }
  return new Problem("not-found", `There is no option ${JSON.stringify(option)}.`, names.slice(0, CHOICES));
}

const nameOf = ({ title, description, value }: MacNode) =>
  (title ?? description ?? (typeof value === "string" ? value : "")).trim();

/** The row or item that a name stands in: what is below it only shows. */
function itemAround(node: MacNode, byId: ReadonlyMap<number, MacNode>, list: number): MacNode {
  let found = node;
  for (let at: MacNode | undefined = node; at !== undefined && at.id !== list; at = byId.get(at.parent ?? 0)) {
    if (at.selected !== undefined || PRESSED.has(at.role ?? "")) found = at;
    if (at.role === "AXRow") break;
  }
  return found;
}
