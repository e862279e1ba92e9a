import { expect, test } from "vitest";
import type { MacCapture, MacNode } from "../../../../src/ax-helper/backends/mac/protocol.ts";
import { type RawElement, translate } from "../../../../src/ax-helper/backends/mac/translate.ts";

const WINDOW: MacNode = { id: 1, root: "window", role: "AXWindow", title: "Doc", rect: [0, 0, 400, 300] };

/** A capture of a window with these nodes in it. */
function captured(nodes: MacNode[], more: Partial<MacCapture> = {}): MacCapture {
  const app = { pid: 5, name: "App", toolkit: "native" as const };
  return {
    app,
    window: { id: 1, front: true },
    nodes: [WINDOW, ...nodes],
    unread: [],
    cut: "none",
    calls: 1,
    held: 1,
    ...more,
  };
}

const only = (node: Partial<MacNode>, more: Partial<MacCapture> = {}): RawElement => {
  const [raw] = translate(captured([{ id: 2, parent: 1, ...node }], more)).tree.children;
  if (raw === undefined) throw new Error("no element");
  return raw;
};

test("the window is the tree; dialogs, open menu and menu bar hang below it", () => {
  const raw = translate(
    captured([
      { id: 2, root: "dialog", role: "AXWindow", subrole: "AXDialog", title: "Really?", rect: [900, 900, 50, 50] },
      { id: 3, root: "menu", role: "AXMenu" },
      { id: 4, root: "menu-bar", role: "AXMenuBar", rect: [0, 0, 1000, 20] },
      { id: 5, parent: 4, role: "AXMenuBarItem", title: "File", rect: [500, 0, 30, 20] },
    ]),
  );
  expect(raw).toMatchObject({ app: "App", toolkit: "AppKit", window: "Doc" });
  expect(raw.tree).toMatchObject({ role: "frame", name: "Doc", id: "5/1" });
  expect(raw.tree.children.map(({ role }) => role)).toEqual(["dialog", "popup menu", "menu bar"]);
  // Outside the window, and none the less on view.
  for (const root of raw.tree.children) expect(root.states).toContain("showing");
  expect(raw.tree.children[2]?.children[0]).toMatchObject({ role: "menu", name: "File" });
  expect(raw.tree.children[2]?.children[0]?.states).toContain("showing");
});

test("a program without a window still shows its menu bar", () => {
  const raw = translate({ ...captured([]), window: null, nodes: [{ id: 9, root: "menu-bar", role: "AXMenuBar" }] });
  expect(raw).toMatchObject({ window: "", tree: { role: "frame", id: "5/0", children: [{ role: "menu bar" }] } });
});

test("names come from title, description, the label, the kind of button, the placeholder", () => {
  expect(only({ role: "AXButton", title: "OK", description: "more" })).toMatchObject({ name: "OK", desc: "more" });
  expect(only({ role: "AXButton", description: "Back", help: "Go back" })).toMatchObject({
    name: "Back",
    desc: "Go back",
  });
  expect(only({ role: "AXButton", subrole: "AXCloseButton" }).name).toBe("Close");
  expect(only({ role: "AXTextField", placeholder: "Search" }).name).toBe("Search");
  expect(only({ role: "AXStaticText", value: "Hello" })).toMatchObject({ role: "label", name: "Hello" });
  const raw = translate(
    captured([
      { id: 2, parent: 1, role: "AXTextField", value: "Ada", label: 3 },
      { id: 3, parent: 1, role: "AXStaticText", value: "Name" },
    ]),
  );
  expect(raw.tree.children[0]).toMatchObject({ role: "entry", name: "Name", text: "Ada" });
});

test.each([
  [{ role: "AXCheckBox", value: 1 }, "check box", ["checkable", "checked"], ["indeterminate"]],
  [{ role: "AXCheckBox", value: 2 }, "check box", ["indeterminate"], ["checked"]],
  [{ role: "AXCheckBox", subrole: "AXSwitch", value: 0 }, "toggle button", ["checkable"], ["checked"]],
  [{ role: "AXRadioButton", subrole: "AXTabButton", value: true }, "page tab", ["selected"], ["checkable"]],
  [{ role: "AXMenuItem", mark: "✓" }, "check menu item", ["checked"], []],
  [{ role: "AXDisclosureTriangle", value: 1 }, "toggle button", ["expandable", "expanded"], ["checkable"]],
  [{ role: "AXRow", disclosing: false, selected: true }, "table row", ["expandable", "selected"], ["expanded"]],
  [{ role: "AXTextArea", settable: false }, "text", ["read-only", "multi-line"], ["editable"]],
  [{ role: "AXTextField" }, "entry", ["editable", "single-line"], ["read-only"]],
  [{ role: "AXButton", enabled: false }, "push button", [], ["enabled", "sensitive"]],
  [{ role: "AXPopUpButton" }, "combo box", ["has-popup"], ["editable"]],
  [{ role: "AXWhatever" }, "panel", [], ["focusable"]],
] as const)("%o", (node, role, has, lacks) => {
  const raw = only(node);
  expect(raw.role).toBe(role);
  for (const state of has) expect(raw.states).toContain(state);
  for (const state of lacks) expect(raw.states).not.toContain(state);
  expect(raw.states).toEqual(raw.states.toSorted());
});

test("values, texts and secrets", () => {
  expect(only({ role: "AXSlider", value: 0.5 })).toMatchObject({ role: "slider", value: 0.5 });
  const long = only({ role: "AXTextArea", value: "part", characters: 1_000_000 });
  expect(long).toMatchObject({ text: "part", chars: 1_000_000 });
  const secret = only({ role: "AXTextField", secure: true, title: "Password" });
  expect(secret).toMatchObject({ role: "password text", name: "Password", secure: true });
  expect(secret).not.toHaveProperty("text");
});

test("what is scrolled out of its area or lies outside the window does not show", () => {
  const nodes: MacNode[] = [
    { id: 2, parent: 1, role: "AXScrollArea", rect: [0, 0, 400, 100] },
    { id: 3, parent: 2, role: "AXGroup", rect: [0, -50, 400, 5000] },
    { id: 4, parent: 3, role: "AXButton", title: "in", rect: [0, 90, 50, 20] },
    { id: 5, parent: 3, role: "AXButton", title: "below", rect: [0, 150, 50, 20] },
    { id: 6, parent: 1, role: "AXButton", title: "outside", rect: [500, 0, 50, 20] },
    { id: 7, parent: 1, role: "AXButton", title: "flat", rect: [10, 10, 0, 20] },
    { id: 8, parent: 1, role: "AXButton", title: "anywhere" },
  ];
  const showing: string[] = [];
  const walk = (raw: RawElement) => {
    if (raw.name !== undefined && raw.states.includes("showing")) showing.push(raw.name);
    raw.children.forEach(walk);
  };
  walk(translate(captured(nodes)).tree);
  expect(showing).toEqual(["Doc", "in", "anywhere"]);
});

test("the focus, what was left out, and nodes without a parent", () => {
  const raw = translate(
    captured(
      [
        { id: 2, parent: 1, role: "AXList", more: 5 },
        { id: 3, parent: 99, role: "AXButton" },
      ],
      {
        focused: 2,
        unread: [
          [2, 7],
          [1, 3],
          [99, 1],
        ],
      },
    ),
  );
  expect(raw.tree.more).toBe(3);
  expect(raw.tree.children).toHaveLength(1);
  expect(raw.tree.children[0]).toMatchObject({ more: 12 });
  expect(raw.tree.children[0]?.states).toContain("focused");
});
