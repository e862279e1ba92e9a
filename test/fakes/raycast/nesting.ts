import type { Instance } from "./reconciler.ts";
import { SLOT } from "./components.ts";
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

/** What Raycast shows inside what; anything else would be dropped there, so here it is a mistake. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  screen: ["Detail", "List", "Form", "Grid"],
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
  Form: [...FIELDS.map((name) => `Form.${name}`), "Form.Description", "Form.Separator"],
  "Form.Dropdown": ["Form.Dropdown.Item", "Form.Dropdown.Section"],
  "Form.Dropdown.Section": ["Form.Dropdown.Item"],
  "Form.TagPicker": ["Form.TagPicker.Item"],
  ActionPanel: ["Action", "ActionPanel.Section", "ActionPanel.Submenu"],
  "ActionPanel.Section": ["Action", "ActionPanel.Submenu"],
  "ActionPanel.Submenu": ["Action", "ActionPanel.Section"],
  "slot:actions": ["ActionPanel"],
  "slot:metadata": ["Detail.Metadata", "List.Item.Detail.Metadata"],
  "slot:detail": ["List.Item.Detail"],
  "slot:searchBarAccessory": ["List.Dropdown", "Grid.Dropdown", "Form.LinkAccessory"],
};

/** Everything in a tree that Raycast would drop, refuse or leave unreachable; one sentence each. */
export function misplaced(node: Instance): string[] {
  const allowed = CHILDREN[node.type] ?? [];
  const own = node.children.flatMap((child) => {
    const isAllowed =
      child.type.startsWith(SLOT) || allowed.includes(child.type.startsWith("Action.") ? "Action" : child.type);
    return isAllowed ? misplaced(child) : [`${child.type} cannot stand in ${node.type}`];
  });
  if (node.type === "ActionPanel") own.push(...shortcutClashes(node));
  if (node.type === "Form")
    own.push(...repeated(fieldsOf(node).map((field) => `field id "${String(field.props["id"])}"`)));
  return own;
}

/** The fields of a form, in order. */
export function fieldsOf(form: Instance): Instance[] {
  return form.children.filter((child) => FIELDS.some((name) => child.type === `Form.${name}`));
}

function shortcutClashes(panel: Instance): string[] {
  const spellings = actionsIn(panel).flatMap((action) => spellingOf(action.props["shortcut"]) ?? []);
  const reserved = spellings.filter(isReserved).map((spelling) => `the shortcut ${spelling} belongs to Raycast`);
  return [...reserved, ...repeated(spellings.map((spelling) => `the shortcut ${spelling}`))];
}

function actionsIn(node: Instance): Instance[] {
  return node.children.flatMap((child) => (/^Action(\.|$)/.test(child.type) ? [child] : actionsIn(child)));
}

function repeated(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `${name} is used twice`,
  );
}
