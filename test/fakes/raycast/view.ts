/** One component as shown, plain enough to cross to another process. Elements given as props (`actions`) are views too. */
export interface View {
  id: number;
  type: string;
  /** Functions are `{ handler: true }`, elements kept for later `{ element: true }`. */
  props: Readonly<Record<string, unknown>>;
  children: readonly View[];
  /** What the person entered into this field, where the command does not control its value. */
  typed?: unknown;
}

/** Whether a prop holds a view. */
export function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && "type" in value && "children" in value;
}

/** Items of a list or grid in order, each with the title of its section. */
function itemsOf(screen: View): { item: View; section: string | undefined }[] {
  return screen.children.flatMap((child) => {
    if (/\.Section$/.test(child.type)) {
      const { title } = child.props;
      return child.children.map((item) => ({ item, section: typeof title === "string" ? title : undefined }));
    }
    return /\.Item$/.test(child.type) ? [{ item: child, section: undefined }] : [];
  });
}

/** Title of an item: List.Item takes a text or a text with a tooltip. */
export function titleOfItem({ props }: View): string {
  const { title } = props;
  return typeof title === "object" && title !== null
    ? String((title as { value?: unknown }).value)
    : String(title ?? "");
}

/** Whether Raycast's own filter would keep this item for what was typed: every word begins a word of title or keywords. */
function matches(item: View, typed: string): boolean {
  const { keywords = [] } = item.props as { keywords?: readonly string[] };
  const words = [titleOfItem(item), ...keywords]
    .join(" ")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.every((part) => words.some((word) => word.startsWith(part)) || words.join(" ").includes(part));
}

/** Items that are in sight while this is typed into the search bar. */
export function shownItems(screen: View, typed: string): View[] {
  const all = itemsOf(screen).map(({ item }) => item);
  const { filtering, onSearchTextChange, enableFiltering } = screen.props;
  const isFiltering = filtering ?? enableFiltering ?? onSearchTextChange === undefined;
  return isFiltering === false || typed.trim() === "" ? all : all.filter((item) => matches(item, typed));
}

/** The panel the person sees: that of the selected (else first) item, of the empty view, else of the view itself. */
export function panelOf(screen: View, selected: View | undefined): View | undefined {
  const empty = screen.children.find(({ type }) => type.endsWith(".EmptyView"));
  const shown = selected ?? (screen.type === "List" || screen.type === "Grid" ? empty : undefined);
  const own = shown?.props["actions"];
  if (isView(own)) return own;
  const panel = screen.props["actions"];
  return isView(panel) ? panel : undefined;
}

/** Every action below a panel, with its submenus and sections opened, in order. */
export function actionsIn(panel: View): View[] {
  return panel.children.flatMap((child) => (/^Action(\.|$)/.test(child.type) ? [child] : actionsIn(child)));
}

/** Items of a menu in order, with those of its sections and submenus. */
export function menuItems(view: View): View[] {
  return view.children.flatMap((child) => (child.type === "MenuBarExtra.Item" ? [child] : menuItems(child)));
}

/** Submenus below a panel, at any depth. */
export function submenusIn(panel: View): View[] {
  return panel.children.flatMap((child) =>
    child.type.endsWith("Submenu") ? [child, ...submenusIn(child)] : submenusIn(child),
  );
}

const OWN_TITLES: Readonly<Record<string, string>> = {
  "Action.CopyToClipboard": "Copy to Clipboard",
  "Action.Paste": "Paste in Active App",
  "Action.OpenInBrowser": "Open in Browser",
  "Action.SubmitForm": "Submit",
  "Action.ShowInFinder": "Show in Finder",
  "Action.OpenWith": "Open With…",
  "Action.Trash": "Move to Trash",
  "Action.CreateQuicklink": "Create Quicklink",
  "Action.CreateSnippet": "Create Snippet",
  "Action.ToggleQuickLook": "Quick Look",
};

/** Title of an action, with Raycast's own where the command gives none. */
export function titleOf({ type, props }: { type: string; props: Readonly<Record<string, unknown>> }): string {
  const { title } = props;
  return typeof title === "string" ? title : (OWN_TITLES[type] ?? type);
}
