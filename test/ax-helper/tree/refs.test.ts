import { expect, test } from "vitest";
import { isSameControl } from "../../../src/ax-helper/tree/refs.ts";
import { ScreenView } from "../../../src/ax-helper/tree/screen-view.ts";
import type { CapturedNode } from "../../../src/protocol/screen.ts";
import { node, windowOf, withNewIds, withStates } from "./windows.ts";

/** References and names of what a view shows. */
function shows(view: ScreenView, ...children: CapturedNode[]): string[] {
  const { controls } = view.look(windowOf(children), undefined).screen;
  return controls.map(({ ref, name }) => `${ref} ${name}`);
}
const button = (name: string, id: string) => node("push button", name, { id });

test("an element keeps its reference wherever it moves, and a number is never used again", () => {
  const view = new ScreenView();
  expect(shows(view, button("A", "1"), button("B", "2"))).toEqual(["b1 A", "b2 B"]);
  expect(shows(view, button("B", "2"), button("C", "3"), button("A", "1"))).toEqual(["b2 B", "b3 C", "b1 A"]);
  expect(shows(view, button("C", "3"))).toEqual(["b3 C"]);
  expect(shows(view, button("D", "4"), button("C", "3"), button("A", "1"))).toEqual(["b4 D", "b3 C", "b1 A"]);
});

test("an identity that now names another kind of control does not inherit the reference", () => {
  const view = new ScreenView();
  shows(view, button("A", "1"));
  expect(shows(view, node("link", "A", { id: "1" }))).toEqual(["l2 A"]);
});

test("one identity for two elements is no identity", () => {
  const view = new ScreenView();
  expect(shows(view, button("A", "1"), button("B", "1"))).toEqual(["b1 A", "b2 B"]);
});

test("with new identities, alike controls are told apart by their order, if there are as many as before", () => {
  const view = new ScreenView();
  const before = windowOf([button("Close", "1"), button("Close", "2"), button("OK", "3")]);
  view.look(before, undefined);
  const same = view.look(withNewIds(before), undefined).screen;
  expect(same.controls.map(({ ref }) => ref)).toEqual(["b1", "b2", "b3"]);
  // One Close is gone, and nobody knows which: neither old reference may name the one that is left.
  expect(shows(view, button("Close", "x"), button("OK", "y"))).toEqual(["b4 Close", "b3 OK"]);
});

test("with new identities, a button of a row belongs to what the row says", () => {
  const row = (name: string, id: string) =>
    node("table row", "", { id: `${id}r`, children: [node("table cell", name, { id: `${id}c` }), button("Edit", id)] });
  const table = (...rows: CapturedNode[]) => node("table", "", { children: rows });
  const view = new ScreenView();
  expect(shows(view, table(row("Ana", "1"), row("Bo", "2")))).toEqual(["b1 Edit", "b2 Edit"]);
  expect(shows(view, table(row("Bo", "3"), row("Ana", "4")))).toEqual(["b2 Edit", "b1 Edit"]);
});

test("a reference is stale when role or name are others than those that were seen", () => {
  const view = new ScreenView();
  shows(view, button("Send", "1"));
  const entry = view.find("b1");
  if (entry === undefined) throw new Error("no entry");
  expect(entry.control.id).toBe("1");
  expect(isSameControl(entry, { role: "push button", name: "Send" })).toBe(true);
  expect(isSameControl(entry, { role: "push button", name: "Delete" })).toBe(false);
  expect(isSameControl(entry, { role: "link", name: "Send" })).toBe(false);
  expect(isSameControl(entry, { role: "push button" })).toBe(false);
  expect(view.find("b2")).toBeUndefined();
});

test("two windows of one program do not share references", () => {
  const view = new ScreenView();
  const window = (id: string, title: string, button: CapturedNode) => {
    const one = windowOf([button], { window: title });
    one.tree.id = id;
    return one;
  };
  const first = window("w1", "One", button("OK", "1"));
  const second = window("w2", "Two", button("OK", "2"));
  const refs = [first, second, first].map((one) => view.look(one, undefined).screen.controls[0]?.ref);
  expect(refs).toEqual(["b1", "b2", "b1"]);
  expect(view.look(second, undefined).isFull).toBe(true);
});

test("changes are told as numbered diffs, and after six the window is told whole", () => {
  const view = new ScreenView();
  const fillers = Array.from({ length: 20 }, (_, at) => button(`Some button ${at}`, `f${at}`));
  const at = (count: number) =>
    view.look(
      windowOf([withStates(node("entry", "N", { id: "n", text: String(count) }), "editable"), ...fillers]),
      undefined,
    );
  expect(at(0).isFull).toBe(true);
  for (let count = 1; count <= 6; count++)
    expect(at(count)).toMatchObject({ isFull: false, text: `diff ${count}\nt1 N=${count}` });
  expect(at(7)).toMatchObject({ isFull: true });
  expect(at(8)).toMatchObject({ isFull: false, text: "diff 1\nt1 N=8" });
  view.forget();
  expect(at(9)).toMatchObject({ isFull: true });
  expect(at(9).text).toBe("diff 1: nothing changed");
});

test("a diff names what is new, what is gone, and another title", () => {
  const view = new ScreenView();
  const fillers = Array.from({ length: 20 }, (_, at) => button(`Some button ${at}`, `f${at}`));
  view.look(windowOf([...fillers, node("label", "Loading"), button("Stop", "s")]), undefined);
  const after = windowOf([...fillers, node("label", "Done"), button("Open", "o"), button("Share", "h")], {
    window: "Two",
  });
  expect(view.look(after, undefined).text).toBe(
    'diff 1\ntitle: app | Two\nnew: Done\nnew: b22 Open\nnew: b23 Share\ngone: b21 | "Loading"',
  );
});

test("a folded group opens part by part until all of it was seen", () => {
  const items = Array.from({ length: 200 }, (_, at) =>
    withStates(node("list item", `Item ${at}`, { rect: [0, at * 20, 90, 18] }), "selectable"),
  );
  const list = node("list", "Things", { children: items, rect: [0, 40, 90, 4000] });
  const view = new ScreenView();
  const first = view.look(windowOf([button("OK", "ok"), list]), 120).screen;
  const fold = /^(i\d+)> Things: (\d+) hidden$/m.exec(first.text);
  expect(fold).not.toBeNull();
  const seen = new Set(first.controls.map(({ name }) => name));
  const ref = fold?.[1] ?? "";
  for (let round = 0; round < 20 && seen.size < 202; round++) {
    const more = view.expand(ref, 300);
    expect(more?.tokens).toBeLessThanOrEqual(300);
    for (const { name } of more?.controls ?? []) seen.add(name);
  }
  for (const { name } of items) expect(seen).toContain(name);
  expect(view.expand("b1", 300)).toBeUndefined();
  expect(view.expand("i9999", 300)).toBeUndefined();
});

test("what is scrolled away is listed when its group is opened, under references that stay", () => {
  const item = (at: number, states: string[]) =>
    node("list item", `Item ${at}`, {
      id: `i${at}`,
      states: ["enabled", "selectable", ...states],
      rect: [0, at * 20, 90, 18],
    });
  const list = (seen: number) =>
    node("list", "", {
      id: "list",
      children: Array.from({ length: 9 }, (_, at) => item(at, at < seen ? ["showing"] : [])),
    });
  const view = new ScreenView();
  const { screen } = view.look(windowOf([list(3)]), undefined);
  expect(screen.text).toBe("app | Window\ni1 Item 0\ni2 Item 1\ni3 Item 2\ni4> 6 hidden");
  expect(view.expand("i4", undefined)?.text).toBe(
    "i4>\ni5 Item 3\ni6 Item 4\ni7 Item 5\ni8 Item 6\ni9 Item 7\ni10 Item 8",
  );
  expect(view.look(windowOf([list(4)]), undefined).screen.text).toContain("\ni5 Item 3\ni4> 5 hidden");
});
