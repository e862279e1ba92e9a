import { plainName } from "../../actions/plain-name.ts";
import { Problem } from "../../problem.ts";
import type { AccessibilityBus, Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import { readChildren } from "./children.ts";
import { type Check, type Deed, demand, type Subject } from "./deed.ts";
import { parentOf, readElement } from "./element.ts";
import type { Look } from "./look.ts";
import { press } from "./press.ts";
import { asText } from "./values.ts";

const MAX_LEVELS = 4;
const CHOICES = 40;

/** Selects an item of a list, or an option of a list or combo box by its name. */
export async function select(
  subject: Subject,
  bus: AccessibilityBus,
  option: string | undefined,
): Promise<Deed | Problem> {
  if (option === undefined) return selectItem(subject, bus);
  const options = await optionsOf(subject);
  const wanted = plainName(option);
  const item = options.find(({ name }) => plainName(name) === wanted);
  if (item === undefined) {
    const names = options.map(({ name }) => name).filter((name) => name !== "");
    return new Problem("not-found", `There is no option ${JSON.stringify(option)}.`, names.slice(0, CHOICES));
  }
  const { look, target } = subject;
  const deed = await selectItem({ look, target: item.target, now: item }, bus);
  if (deed instanceof Problem) return deed;
  const check = async (): Promise<Check> => {
    const [list, now] = [await readElement(look, target), await readElement(look, item.target)];
    if (!(now instanceof Problem) && now.states.includes("selected")) return { verified: true };
    if (list instanceof Problem) return {};
    return { verified: plainName(list.name) === wanted, note: `It shows ${JSON.stringify(asText(list.name, 120))}.` };
  };
  return { ...deed, check };
}

async function selectItem(subject: Subject, bus: AccessibilityBus): Promise<Deed | Problem> {
  const { look, target } = subject;
  const parent = await parentOf(look, target);
  const above = parent === undefined ? undefined : await readElement(look, parent);
  const index = await look.call(target, "Accessible.GetIndexInParent");
  const hasSelection = above !== undefined && !(above instanceof Problem) && above.ifaces.includes("Selection");
  if (above instanceof Problem && above.code === "not-responding") return above;
  // What a closed list selects, its combo box does.
  const isClosed = hasSelection && above.role === "menu" && !above.states.includes("showing");
  const up = isClosed ? await parentOf(look, above.target) : undefined;
  const box = up === undefined ? undefined : await readElement(look, up);
  const isBox = box !== undefined && !(box instanceof Problem) && box.ifaces.includes("Selection");
  const holder = isBox ? box.target : hasSelection ? above.target : undefined;
  if (holder === undefined || typeof index !== "number" || index < 0) return press(subject, bus);
  const done = look.call(holder, "Selection.SelectChild", { signature: "i", body: [index] });
  const selected = await demand(done, "The program refused to select it.");
  const isRow = selected instanceof Problem && !(above instanceof Problem) && above?.ifaces.includes("Table") === true;
  // Pressing a row may open what it stands for, which is more than was asked for.
  const deed = isRow ? await selectRow(look, holder, { target, index }) : selected;
  if (deed instanceof Problem) return isRow ? deed : press(subject, bus);
  const check = async (): Promise<Check> => {
    const now = await readElement(look, target);
    return now instanceof Problem ? {} : { verified: now.states.includes("selected") };
  };
  return { ...deed, check };
}

/** Selects the row of a cell, where cells cannot be selected one by one. */
async function selectRow(look: Look, table: Target, cell: { target: Target; index: number }): Promise<Deed | Problem> {
  const row = await look.call(table, "Table.GetRowAtIndex", { signature: "i", body: [cell.index] });
  const added =
    typeof row === "number" && row >= 0
      ? await look.call(table, "Table.AddRowSelection", { signature: "i", body: [row] })
      : false;
  if (added === true) return { by: "accessibility" };
  return demand(look.call(cell.target, "Component.GrabFocus"), "The program refused to select it. Click it instead.");
}

/** Named elements below a list, level by level. */
async function optionsOf({ look, now }: Subject): Promise<Outline[]> {
  const options: Outline[] = [];
  let level = [now];
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0 && options.length < look.limits.children; depth++) {
    const next: Outline[] = [];
    for (const outline of level) {
      const { children } = await readChildren(look, outline, undefined);
      const read = await Promise.all(children.map((child) => readElement(look, child)));
      next.push(...read.flatMap((each) => (each instanceof Problem ? [] : [each])));
    }
    options.push(...next.filter((each) => each.name !== ""));
    level = next;
  }
  return options;
}
