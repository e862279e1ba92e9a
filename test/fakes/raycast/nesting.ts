import { SLOT } from "./components.ts";
import { wrongLook } from "./looks.ts";
import type { Instance } from "./reconciler.ts";
import { isReserved, spellingOf } from "./shortcuts.ts";

const FIELDS = [
  "TextField",
  "PasswordField",
  "TextArea",
  "Checkbox",
  "DatePicker",
  "Dropdown",
  "TagPicker",
  "FilePicker",
];
const METADATA = (parent: string) =>
  ["Label", "Link", "TagList", "Separator"].map((name) => `${parent}.Metadata.${name}`);
const MENU = ["MenuBarExtra.Item", "MenuBarExtra.Section", "MenuBarExtra.Submenu", "MenuBarExtra.Separator"];

/** What Raycast shows inside what; anything else would be dropped there, so here it is a mistake. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  screen: ["Detail", "List", "Form", "Grid", "MenuBarExtra"],
  Detail: [],
  "Detail.Metadata": METADATA("Detail"),
  "Detail.Metadata.TagList": ["Detail.Metadata.TagList.Item"],
  List: ["List.Item", "List.Section", "List.EmptyView"],
  "List.Section": ["List.Item"],
  "List.Item": [],
  "List.Item.Detail": [],
  "List.Item.Detail.Metadata": METADATA("List.Item.Detail"),
  "List.Item.Detail.Metadata.TagList": ["List.Item.Detail.Metadata.TagList.Item"],
  "List.EmptyView": [],
  "List.Dropdown": ["List.Dropdown.Item", "List.Dropdown.Section"],
  "List.Dropdown.Section": ["List.Dropdown.Item"],
  Grid: ["Grid.Item", "Grid.Section", "Grid.EmptyView"],
  "Grid.Section": ["Grid.Item"],
  "Grid.Dropdown": ["Grid.Dropdown.Item", "Grid.Dropdown.Section"],
  "Grid.Dropdown.Section": ["Grid.Dropdown.Item"],
  Form: [...FIELDS.map((name) => `Form.${name}`), "Form.Description", "Form.Separator"],
  "Form.Dropdown": ["Form.Dropdown.Item", "Form.Dropdown.Section"],
  "Form.Dropdown.Section": ["Form.Dropdown.Item"],
  "Form.TagPicker": ["Form.TagPicker.Item"],
  ActionPanel: ["Action", "ActionPanel.Section", "ActionPanel.Submenu"],
  "ActionPanel.Section": ["Action", "ActionPanel.Submenu"],
  "ActionPanel.Submenu": ["Action", "ActionPanel.Section", "ActionPanel.Submenu"],
  MenuBarExtra: MENU,
  "MenuBarExtra.Section": MENU.filter((name) => name !== "MenuBarExtra.Section"),
  "MenuBarExtra.Submenu": MENU,
  "slot:actions": ["ActionPanel"],
  "slot:metadata": ["Detail.Metadata", "List.Item.Detail.Metadata"],
  "slot:detail": ["List.Item.Detail"],
  "slot:searchBarAccessory": ["List.Dropdown", "Grid.Dropdown", "Form.LinkAccessory"],
  "slot:alternate": ["MenuBarExtra.Item"],
};

/** Everything in a tree that Raycast would drop, refuse or leave unreachable; one sentence each. */
export function misplaced(node: Instance, assetsPath: string): string[] {
  if (!node.isDirty) return [];
  const allowed = CHILDREN[node.type] ?? [];
  const own = node.children.flatMap((child) => {
    const isAllowed =
      child.type.startsWith(SLOT) || allowed.includes(child.type.startsWith("Action.") ? "Action" : child.type);
    return isAllowed ? misplaced(child, assetsPath) : [`${child.type} cannot stand in ${node.type}`];
  });
  return [...own, ...wrongLook(node, assetsPath), ...clashes(node)];
}

/** The fields of a form, in order. */
export function fieldsOf<T extends { type: string; children: readonly T[] }>(form: T): T[] {
  return form.children.filter((child) => FIELDS.some((name) => child.type === `Form.${name}`));
}

function clashes(node: Instance): string[] {
  if (node.type === "ActionPanel" || node.type === "MenuBarExtra") return shortcutClashes(node);
  if (node.type === "Form") return repeated(namesOf(fieldsOf(node), "id", "field id"));
  if (node.type === "List" || node.type === "Grid") return repeated(namesOf(within(node, "Item"), "id", "item id"));
  if (/\.(Dropdown|TagPicker)$/.test(node.type)) return repeated(namesOf(within(node, "Item"), "value", "value"));
  return [];
}

function within(node: Instance, kind: string): Instance[] {
  return node.children
    .flatMap((child) => (child.type.endsWith(".Section") ? within(child, kind) : [child]))
    .filter(({ type }) => type.endsWith(`.${kind}`));
}

function namesOf(nodes: Instance[], prop: string, what: string): string[] {
  return nodes.flatMap(({ props }) => (props[prop] === undefined ? [] : [`${what} "${String(props[prop])}"`]));
}

function shortcutClashes(panel: Instance): string[] {
  const spellings = pressable(panel).flatMap((action) => spellingOf(action.props["shortcut"]) ?? []);
  const reserved = spellings.filter(isReserved).map((spelling) => `the shortcut ${spelling} belongs to Raycast`);
  return [...reserved, ...repeated(spellings.map((spelling) => `the shortcut ${spelling}`))];
}

/** Whatever may have a shortcut: actions, items of a menu and submenus. */
function pressable(node: Instance): Instance[] {
  return node.children.flatMap((child) =>
    /^Action(\.|$)|^MenuBarExtra\.Item$/.test(child.type) ? [child] : [child, ...pressable(child)],
  );
}

function repeated(names: string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) (seen.has(name) ? twice : seen).add(name);
  return [...twice].map((name) => `${name} is used twice`);
}
