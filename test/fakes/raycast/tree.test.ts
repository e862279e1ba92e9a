import fc from "fast-check";
import { createElement, type ReactElement } from "react";
import { expect, test } from "vitest";
import { SLOT } from "./components.ts";
import { type Container, mount } from "./reconciler.ts";
import { takePatch, Tree } from "./tree.ts";
import type { View } from "./view.ts";

interface Shape {
  key: string;
  title: string;
  actions: string[];
  children: Shape[];
}

function shapes(depth: number): fc.Arbitrary<Shape> {
  const inner =
    depth === 0
      ? fc.constant<Shape[]>([])
      : fc.uniqueArray(shapes(depth - 1), { maxLength: 4, selector: ({ key }) => key });
  return fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    title: fc.constantFrom("one", "two", "three"),
    actions: fc.uniqueArray(fc.constantFrom("x", "y", "z"), { maxLength: 2 }),
    children: inner,
  });
}

/** Every render has new functions, as components do that were not memoised. */
function elementOf({ key, title, actions, children }: Shape): ReactElement {
  const panel = createElement(
    "ActionPanel",
    null,
    ...actions.map((name) => createElement("Action", { key: name, title: name })),
  );
  return createElement(
    "Item",
    { key, title, when: new Date(0), onAction: () => title },
    actions.length === 0 ? null : createElement(`${SLOT}actions`, { key: "slot" }, panel),
    ...children.map(elementOf),
  );
}

function plainOf(view: View): Shape {
  const actions = view.props["actions"] as View | undefined;
  return {
    key: "",
    title: String(view.props["title"]),
    actions: (actions?.children ?? []).map(({ props }) => String(props["title"])),
    children: view.children.map(plainOf),
  };
}

const withoutKeys = (tree: Shape): Shape => ({ ...tree, key: "", children: tree.children.map(withoutKeys) });

function stage() {
  const container: Container = { children: [], onCommit: () => undefined };
  const mounted = mount(container, null, (error) => expect.fail(String(error)));
  const show = async (...screens: Shape[]) => {
    const elements = screens.map((screen, index) => createElement("screen", { key: index }, elementOf(screen)));
    const committed = new Promise<void>((done) => (container.onCommit = done));
    mounted.update(elements);
    await committed;
    return takePatch(container);
  };
  return { show, tree: new Tree() };
}

test("whatever changes, the person's side has the same tree as the command's", async () => {
  const screens = fc.array(shapes(3), { minLength: 1, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(fc.array(screens, { minLength: 1, maxLength: 8 }), async (states) => {
      const { show, tree } = stage();
      for (const state of states)
        expect(tree.screens(await show(...state)).map(plainOf)).toEqual(state.map(withoutKeys));
    }),
    { numRuns: 300 },
  );
});

test("only what changed is told, with what contains it; new functions are no change", async () => {
  const { show } = stage();
  const item = (title: string, index: number): Shape => ({ key: `k${index}`, title, actions: ["x"], children: [] });
  const list = (titles: string[]): Shape => ({ key: "l", title: "list", actions: [], children: titles.map(item) });
  const titles = Array.from({ length: 1_000 }, (_, index) => `item ${index}`);
  expect((await show(list(titles))).nodes).toHaveLength(1 + 1_000 * 4);
  expect((await show(list(titles))).nodes).toHaveLength(0);
  const changed = (await show(list(titles.with(500, "other")))).nodes;
  expect(changed.map(({ props }) => props["title"])).toEqual(["list", "other"]);
  expect((await show(list([...titles.with(500, "other"), "new"]))).nodes).toHaveLength(1 + 4);
});
