import { shownItems, titleOfItem, type View } from "./view.ts";

/** What the person sees of a list: which items the search bar leaves, and which of them is selected. */
export class Sight {
  /** What stands in the search bar, where the command does not control it. */
  typed = "";
  #wanted: string | undefined;

  items(view: View): View[] {
    const { searchText } = view.props;
    return shownItems(view, typeof searchText === "string" ? searchText : this.typed);
  }

  /** Selects an item by its id or title. */
  select(view: View, name: string): void {
    if (this.#find(view, name) === undefined)
      throw new Error(`No item is called "${name}". In sight: ${this.items(view).map(titleOfItem).join(", ")}`);
    this.#wanted = name;
  }

  /** The selected item; the first where none was selected or the selected one is gone. */
  selected(view: View): View | undefined {
    if (view.type !== "List" && view.type !== "Grid") return undefined;
    const { selectedItemId } = view.props;
    const wanted = this.#wanted ?? (typeof selectedItemId === "string" ? selectedItemId : undefined);
    const found = wanted === undefined ? undefined : this.#find(view, wanted);
    return found ?? this.items(view)[0];
  }

  #find(view: View, name: string): View | undefined {
    const items = this.items(view);
    return items.find(({ props }) => props["id"] === name) ?? items.find((item) => titleOfItem(item) === name);
  }
}
