import { SLOT } from "./components.ts";
import type { Instance } from "./reconciler.ts";

/** One component as shown, plain enough for `toEqual`. Elements given as props (`actions`, `metadata`) are views too. */
export interface View {
  type: string;
  props: Readonly<Record<string, unknown>>;
  children: readonly View[];
}

/** The plain tree of a mounted component. */
export function viewOf(node: Instance): View {
  const props: Record<string, unknown> = { ...node.props };
  const children: View[] = [];
  for (const child of node.children) {
    if (!child.type.startsWith(SLOT)) children.push(viewOf(child));
    else if (child.children[0] !== undefined) props[child.type.slice(SLOT.length)] = viewOf(child.children[0]);
  }
  return { type: node.type, props, children };
}

/** The action panel the person sees: that of the selected (else the first) item of a list, else that of the view. */
export function panelOf(screen: Instance, selected: string | undefined): Instance | undefined {
  const shown = itemsOf(screen);
  const item = selected === undefined ? shown[0] : shown.find(({ props }) => props["title"] === selected);
  if (selected !== undefined && item === undefined) throw new Error(`No item is called "${selected}".`);
  return (item && slotOf(item, "actions")) ?? slotOf(screen, "actions");
}

/** The items of a list, or its empty view when there are none. */
function itemsOf(screen: Instance): Instance[] {
  const items = screen.children.flatMap((child) => (child.type === "List.Section" ? child.children : [child]));
  const real = items.filter(({ type }) => type === "List.Item");
  return real.length > 0 ? real : items.filter(({ type }) => type === "List.EmptyView");
}

/** The mounted element of one prop. */
function slotOf(node: Instance, name: string): Instance | undefined {
  return node.children.find((child) => child.type === SLOT + name)?.children[0];
}

/** Every action below a panel, with its submenus and sections opened, in order. */
export function actionsIn(panel: Instance): Instance[] {
  return panel.children.flatMap((child) => (/^Action(\.|$)/.test(child.type) ? [child] : actionsIn(child)));
}

/** Title of an action, with Raycast's own where the command gives none. */
export function titleOf(action: { type: string; props: Readonly<Record<string, unknown>> }): string {
  const { title } = action.props;
  if (typeof title === "string") return title;
  const own: Readonly<Record<string, string>> = {
    "Action.CopyToClipboard": "Copy to Clipboard",
    "Action.Paste": "Paste in Active App",
    "Action.OpenInBrowser": "Open in Browser",
    "Action.SubmitForm": "Submit",
    "Action.ShowInFinder": "Show in Finder",
  };
  return own[action.type] ?? action.type;
}
