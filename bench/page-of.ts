import type { CapturedWindow } from "../src/protocol/screen.ts";
import { elementsOf } from "../test/ax-helper/tree/windows.ts";

/** The page alone, without the browser around it, of which some parts are small pages themselves. */
export function pageOf(window: CapturedWindow): CapturedWindow {
  const pages = elementsOf(window)
    .filter(({ role }) => role === "document web")
    .map((tree) => ({ tree, size: elementsOf({ ...window, tree }).length }));
  const [page] = pages.toSorted((a, b) => b.size - a.size);
  if (page === undefined) throw new Error("There is no page in this window.");
  return { ...window, tree: { ...window.tree, children: [page.tree] } };
}
