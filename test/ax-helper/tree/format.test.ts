import { expect, test } from "vitest";
import { tokensOf } from "../../../src/ax-helper/tree/inert-text.ts";
import { SCREEN_LEGEND } from "../../../src/ax-helper/tree/legend.ts";
import { ScreenView } from "../../../src/ax-helper/tree/screen-view.ts";
import type { CapturedNode, CapturedWindow } from "../../../src/protocol/screen.ts";
import { node, realWindow, windowOf, withStates } from "./windows.ts";

const textOf = (window: CapturedWindow) => new ScreenView().look(window, undefined).text;
/** The lines below the header. */
const linesOf = (...children: CapturedNode[]) => textOf(windowOf(children)).split("\n").slice(1);

test("a calculator is a line per row, numbered as a person reads", () => {
  expect(textOf(realWindow("win-galculator_galculator"))).toBe(
    [
      "galculator | galculator",
      "m1 File | m2 Edit | m3 View | m4 Calculator | m5 Help",
      "t6~=42",
      "b7 C | b8 AC | b9 <-",
      "b10 ( | b11 ) | b12 MS | b13! MR | b14! M+",
      "b15 7 | b16 8 | b17 9 | b18 / | b19 sqrt",
      "b20 4 | b21 5 | b22 6 | b23 * | b24 %",
      "b25 1 | b26 2 | b27 3 | b28 - | b29 =",
      "b30 0 | b31 . | b32 +/- | b33 +",
    ].join("\n"),
  );
});

test("a form in a browser: labels are names, a password is never read, a choice is its value", () => {
  const text = textOf(realWindow("step-chromium-form@1"));
  expect(text).toContain("t13 Full name= | t14 Email= | t15 Password=(secret) | p16> Country=Spain");
  expect(text).toContain(
    "Shipping\no17- Standard | o18*+ Express\nk19- Gift wrap | b20 Apply coupon | b21! Pay $42.10",
  );
  expect(text).toContain("Need help? | l22 Contact us");
});

test("a program that never says what shows is read by its rectangles, and names of classes are no names", () => {
  const text = textOf(realWindow("step-gnomecalc-press@2"));
  expect(text).toContain("b17 7 | b18 8 | b19 9 | b20 ÷ | b21 √");
  expect(text).toContain("b12 Clear Display [Escape]");
  expect(text).not.toMatch(/Gtk|Adw/);
});

test("what is scrolled away or was never read is counted, with a reference", () => {
  const { screen } = new ScreenView().look(realWindow("win-zenity_Pick_items"), undefined);
  expect(screen.text).toMatch(/\ni22> 3982 hidden\n/);
  expect(screen.hidden).toBe(3982);
  expect(screen.controls).toContainEqual({ ref: "i22", role: "table", name: "" });
});

test("the items of an open menu are lines of their own, those of closed menus are not there", () => {
  const closed = textOf(realWindow("step-mousepad-menu@1"));
  const open = textOf(realWindow("step-mousepad-menu@2"));
  expect(closed.split("\n")[1]).toBe("m1 File | m2 Edit | m3 Search | m4 View | m5 Document | m6 Help");
  expect(closed).not.toContain("Undo");
  expect(open).toContain("\nm7 Undo\nm8! Redo\nm9! Cut\nm10! Copy\nm11 Paste\nm12> Paste Special\n");
});

test("flags", () => {
  expect(
    linesOf(
      withStates(node("check box", "on"), "checked", "focused"),
      node("check box", "off"),
      withStates(node("check box", "mixed"), "indeterminate"),
      node("push button", "disabled", { states: ["showing"] }),
      withStates(node("push button", "folded"), "expandable"),
      withStates(node("push button", "unfolded"), "expandable", "expanded"),
      withStates(node("entry", "locked", { text: "x" }), "read-only"),
      withStates(node("page tab", "here"), "selected"),
      withStates(node("list item", "chosen"), "selectable", "selected"),
    ),
  ).toEqual([
    "k1*+ on",
    "k2- off",
    "k3-+ mixed",
    "b4! disabled",
    "b5> folded",
    "b6v unfolded",
    "t7~ locked=x",
    "x8+ here",
    "i9+ chosen",
  ]);
});

test("the switches in a list of GTK 3 are told on and off, under the same references", () => {
  const cell = (name: string, left: number, ifaces: string[]) =>
    withStates(node("table cell", name, { ifaces, rect: [left, 0, 40, 20] }), "selectable");
  const toggle = { ...cell("", 0, ["Action", "Component", "TableCell"]), id: "toggle" };
  const list = (...states: string[]) =>
    windowOf([
      node("table", "", {
        children: [
          withStates(toggle, ...states),
          cell("photo.jpg", 50, ["Action", "Component", "TableCell", "Text"]),
          cell("", 100, ["Action", "Component", "TableCell", "Image"]),
          cell("", 150, ["Action", "Component", "TableCell", "Value"]),
        ],
      }),
    ]);
  const view = new ScreenView();
  expect(view.look(list(), undefined).text.split("\n")[1]).toBe("k1- | i2 photo.jpg | i3 | i4");
  expect(view.look(list("checked"), undefined).screen.text.split("\n")[1]).toBe("k1+ | i2 photo.jpg | i3 | i4");
});

test("values are clipped, and what is cut is counted", () => {
  const entry = (text: string, chars: number) => withStates(node("entry", "E", { text, chars }), "editable");
  expect(linesOf(entry("a".repeat(120), 120))).toEqual([`t1 E=${"a".repeat(120)}`]);
  expect(linesOf(entry("a".repeat(200), 1_000_000))).toEqual([`t1 E=${"a".repeat(120)}…+999880`]);
  expect(linesOf(entry("a".repeat(5000), 5000))).toEqual([`t1 E=${"a".repeat(120)}…+4880`]);
  expect(linesOf(entry("one\ntwo\r\nthree", 14))).toEqual(["t1 E=one\\ntwo\\nthree"]);
});

test("a control without a name takes what it holds, its description, or the text on its left", () => {
  const at = (left: number, top: number): Partial<CapturedNode> => ({ rect: [left, top, 40, 20] });
  expect(linesOf(node("push button", "", { children: [node("label", "Send")] }))).toEqual(["b1 Send"]);
  expect(linesOf(node("push button", "", { desc: "<p>Find <b>next</b></p>" }))).toEqual(["b1 Find next"]);
  const row = [
    node("label", "Amount:", at(0, 0)),
    withStates(node("entry", "", { text: "5", ...at(50, 2) }), "editable"),
    node("label", "EUR", at(100, 1)),
  ];
  expect(linesOf(node("panel", "", { rect: [0, 0, 200, 30], children: row }))).toEqual(["t1 Amount=5 | EUR"]);
});

test("containers without a name leave nothing, those with one title what they hold, and none prunes by its rectangle", () => {
  const deep = node("panel", "", {
    rect: [0, 0, 0, 0],
    children: [node("filler", "", { children: [node("push button", "A")] })],
  });
  expect(linesOf(deep)).toEqual(["b1 A"]);
  const bar = node("tool bar", "Tools", { children: [node("push button", "B"), node("push button", "C")] });
  expect(linesOf(bar)).toEqual(["Tools:", "b1 B", "b2 C"]);
});

test("a row that can be chosen is one item, with the other controls in it", () => {
  const cell = (name: string, left: number) =>
    withStates(node("table cell", name, { rect: [left, 0, 40, 20] }), "selectable");
  const row = withStates(
    node("table row", "", {
      rect: [0, 0, 100, 20],
      children: [cell("Ana", 0), cell("30", 50), node("check box", "paid", { rect: [90, 0, 10, 20] })],
    }),
    "selectable",
    "selected",
  );
  expect(linesOf(node("table", "", { children: [row] }))).toEqual(["i1+ Ana 30 | k2- paid"]);
});

test("items of a tree stay items, however deep they are", () => {
  const leaf = withStates(node("tree item", "Leaf"), "selectable");
  const inner = withStates(node("tree item", "Inner", { children: [leaf] }), "selectable", "expandable", "expanded");
  const outer = withStates(node("tree item", "Outer", { children: [inner] }), "selectable", "expandable", "expanded");
  const { controls } = new ScreenView().look(windowOf([node("tree", "", { children: [outer] })]), undefined).screen;
  expect(controls.map(({ name }) => name)).toEqual(["Outer", "Inner", "Leaf"]);
});

test("a dialog that is open stands in the window that it belongs to", () => {
  const dialog = withStates(
    node("dialog", "Save changes?", { children: [node("push button", "Discard"), node("push button", "Save")] }),
    "modal",
  );
  expect(linesOf(node("push button", "Quit"), dialog)).toEqual(["b1 Quit", "Save changes?:", "b2 Discard", "b3 Save"]);
});

test("the legend fits into the description of a tool", () => {
  expect(tokensOf(SCREEN_LEGEND)).toBeLessThanOrEqual(130);
});
