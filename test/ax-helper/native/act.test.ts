import { expect } from "vitest";
import { act, capture, named, nativeTest as test, screenOf } from "./native-test.ts";
import { frame, World } from "./world.ts";

/** A program with one control of each kind, captured. */
async function desk() {
  const world = new World();
  const { app, window, bar, pid } = world.app("Desk");
  const add = (role: string, title: string, attributes = {}, more = {}) =>
    world.add(window, role, { AXTitle: title, ...attributes }, more);
  const numbers = {
    send: add("AXButton", "Send", frame(20, 40, 60, 20), { actions: ["AXPress", "AXShowMenu"] }),
    off: add("AXButton", "Off", { AXEnabled: false }, { actions: ["AXPress"] }),
    field: add("AXTextField", "Name", { AXValue: "old", ...frame(20, 80, 200, 20) }),
    fixed: add("AXTextField", "Fixed", { AXValue: "x" }, { readOnly: true }),
    slider: add("AXSlider", "Volume", { AXValue: 0.25 }),
  };
  const scrolled = add("AXScrollArea", "Scrolled", { AXVerticalScrollBar: { element: numbers.slider } });
  const table = world.add(scrolled, "AXTable", { AXSelectedRows: "" });
  const row = world.add(table, "AXRow", { AXTitle: "Row" });
  world.node(table).attributes["AXVisibleRows"] = { elements: [row] };
  const file = world.add(bar, "AXMenuBarItem", { AXTitle: "File" });
  const menu = world.add(file, "AXMenu");
  const save = world.add(menu, "AXMenuItem", { AXTitle: "Save As…" }, { actions: ["AXPress"] });
  world.add(menu, "AXMenuItem", { AXTitle: "Close", AXEnabled: false }, { actions: ["AXPress"] });
  const other = world.app("Other");
  const screen = await screenOf(world);
  const { nodes } = await capture(screen);
  await screen.events();
  const id = (title: string) => named(nodes, title).id;
  return { screen, id, pid, app, row, save, other, ...numbers };
}

test("press, any action, and the actions that there are when one is not", async () => {
  const { screen, id, send } = await desk();
  expect(await act(screen, { action: "press", element: id("Send") })).toBe("done");
  expect(await act(screen, { action: "perform", element: id("Send"), name: "AXShowMenu" })).toBe("done");
  expect(await screen.events()).toEqual([
    { kind: "action", node: send, name: "AXPress" },
    { kind: "action", node: send, name: "AXShowMenu" },
  ]);
  const refused = await screen.request({ do: "act", action: "perform", element: id("Send"), name: "AXDance" });
  expect(refused.error).toMatchObject({ code: "unsupported", choices: ["AXPress", "AXShowMenu"] });
  expect(await act(screen, { action: "press", element: id("Off") })).toBe("disabled");
});

test("an action that was not confirmed is unknown, never an error and never done", async () => {
  const { screen, id, send, field } = await desk();
  await screen.control(`after-error ${send} -25204`, `after-error ${field} -25204`);
  expect(await act(screen, { action: "press", element: id("Send") })).toBe("unknown");
  expect(await act(screen, { action: "set-value", element: id("Name"), value: "new" })).toBe("unknown");
  expect(await screen.events()).toHaveLength(2);
});

test("a control that was renamed since it was read is stale, and nothing is done to it", async () => {
  const { screen, id, send } = await desk();
  expect((await screen.request({ do: "check", element: id("Send") })).ok?.["same"]).toBe(true);
  await screen.control(`text ${send} 0 AXTitle Delete`);
  expect((await screen.request({ do: "check", element: id("Send") })).ok).toMatchObject({
    same: false,
    node: { title: "Delete" },
  });
  for (const action of ["press", "focus", "click", "scroll-to"]) {
    expect(await act(screen, { action, element: id("Send") })).toBe("stale");
  }
  expect(await screen.events()).toEqual([]);
});

test("values: text with emoji, numbers, what is read-only, and text at the insertion point", async () => {
  const { screen, id, field, slider } = await desk();
  expect(await act(screen, { action: "set-value", element: id("Name"), value: "Grüße 😀 العربية" })).toBe("done");
  expect(await act(screen, { action: "set-value", element: id("Volume"), value: 0.75 })).toBe("done");
  expect(await act(screen, { action: "insert-text", element: id("Name"), text: "more" })).toBe("done");
  expect(await act(screen, { action: "select-text", element: id("Name"), from: 1, count: 2 })).toBe("done");
  expect(await screen.events()).toEqual([
    { kind: "set", node: field, name: "AXValue", value: "Grüße 😀 العربية" },
    { kind: "set", node: slider, name: "AXValue", value: 0.75 },
    { kind: "set", node: field, name: "AXSelectedText", value: "more" },
    { kind: "set", node: field, name: "AXSelectedTextRange", value: [1, 2] },
  ]);
  expect(await act(screen, { action: "set-value", element: id("Fixed"), value: "y" })).toBe("read-only");
  expect(await act(screen, { action: "set-value", element: id("Name"), value: [] })).toBe("invalid");
});

test("rows are selected through their table, and scrolling falls back to the scroll bar", async () => {
  const { screen, id, row, slider } = await desk();
  expect(await act(screen, { action: "select", element: id("Row") })).toBe("done");
  expect(await act(screen, { action: "scroll", element: id("Row"), direction: "down", pages: 2 })).toBe("done");
  expect(await act(screen, { action: "scroll", element: id("Row"), direction: "sideways" })).toBe("invalid");
  expect(await act(screen, { action: "scroll", element: id("Row"), direction: "left" })).toBe("unsupported");
  expect(await screen.events()).toEqual([
    { kind: "set", node: expect.any(Number), name: "AXSelectedRows", value: [row] },
    { kind: "set", node: slider, name: "AXValue", value: 0.65 },
  ]);
});

test("a menu path is pressed by its titles, with or without the dots", async () => {
  const { screen, pid, save } = await desk();
  for (const title of ["Save As…", "Save As...", "Save As"]) {
    expect(await act(screen, { action: "menu", pid, path: ["File", title] })).toBe("done");
  }
  expect(await screen.events()).toEqual(Array(3).fill({ kind: "action", node: save, name: "AXPress" }));
  const missing = await screen.request({ do: "act", action: "menu", pid, path: ["File", "Print"] });
  expect(missing.error).toMatchObject({ code: "not-found", choices: ["Save As…", "Close"] });
  expect(await act(screen, { action: "menu", pid, path: ["File", "Close"] })).toBe("disabled");
  expect(await act(screen, { action: "menu", pid, path: ["File", "Save As", "Deeper"] })).toBe("not-found");
  expect(await act(screen, { action: "menu", pid, path: [] })).toBe("invalid");
});

test("an item is chosen from the menu of a pop-up button, which shows it only while it is open", async () => {
  const world = new World();
  const { window } = world.app("Prefs");
  const press = { actions: ["AXPress"] };
  const popup = world.add(window, "AXPopUpButton", { AXTitle: "Size" }, press);
  const menu = world.add(popup, "AXMenu", {}, { dead: true, actions: ["AXCancel"] });
  world.node(popup).effects = [{ node: menu, name: "dead", value: false }];
  const large = world.add(menu, "AXMenuItem", { AXTitle: "Large" }, press);
  const mute = world.add(window, "AXPopUpButton", { AXTitle: "Mute" }, press);
  const screen = await screenOf(world);
  const { nodes } = await capture(screen);
  const element = named(nodes, "Size").id;
  // A program that follows the mouse in its menu does not confirm the press before the menu is closed.
  await screen.control(`after-error ${popup} -25204`);
  expect(await act(screen, { action: "choose", element, title: "Large" })).toBe("done");
  const missing = await screen.request({ do: "act", action: "choose", element, title: "Huge" });
  expect(missing.error).toMatchObject({ code: "not-found", choices: ["Large"] });
  expect((await screen.events()).map(({ node }) => node)).toEqual([popup, large, menu]);
  expect(await act(screen, { action: "choose", element: named(nodes, "Mute").id, title: "x" })).toBe("unsupported");
  expect((await screen.events()).map(({ node }) => node)).toEqual([mute]);
});

test("text is typed in parts that never split a character, only where the focus is", async () => {
  const { screen, id, pid } = await desk();
  const text = `${"a".repeat(19)}😀 line\nend\t`;
  expect(await act(screen, { action: "type", element: id("Name"), text })).toBe("done");
  const events = await screen.events();
  expect(events[0]).toMatchObject({ kind: "set", name: "AXFocused" });
  const downs = events.filter(({ kind, down }) => kind === "key" && down === true);
  expect(downs.every((event) => event["pid"] === pid && event["flags"] === 0)).toBe(true);
  expect(downs.map(({ key, text: typed }) => typed || `<${String(key)}>`)).toEqual([
    "a".repeat(19),
    "😀 line",
    "<36>",
    "end",
    "<48>",
  ]);
  expect(await act(screen, { action: "type", element: id("Name"), text: "\u0003" })).toBe("invalid");
});

test("keys go nowhere while another program is in front or the keyboard is secret", async () => {
  const { screen, id, pid, other } = await desk();
  expect(await act(screen, { action: "key", pid, chord: "cmd+shift+S" })).toBe("done");
  expect((await screen.events())[0]).toMatchObject({ kind: "key", pid, key: 1, down: true, flags: 0x120000 });
  expect(await act(screen, { action: "key", pid, chord: "hyper+s" })).toBe("invalid");
  expect(await act(screen, { action: "key", pid: other.pid, chord: "a" })).toBe("not-focused");
  await screen.control("secure-input 1");
  expect((await screen.request({ do: "secure-input" })).ok).toEqual({ enabled: true });
  expect(await act(screen, { action: "key", pid, chord: "a" })).toBe("secure-input");
  expect(await act(screen, { action: "type", element: id("Name"), text: "x" })).toBe("secure-input");
  await screen.control("secure-input 0", `frontmost ${other.pid}`);
  expect(await act(screen, { action: "type", element: id("Name"), text: "x" })).toBe("not-focused");
  expect(await screen.events()).toEqual([]);
});

test("a click lands on the element or nowhere", async () => {
  const world = new World();
  const { window } = world.app("Layers");
  world.add(window, "AXButton", { AXTitle: "Under", ...frame(100, 100, 50, 50) });
  const free = world.add(window, "AXGroup", { AXTitle: "Free", ...frame(300, 100, 50, 50) });
  world.add(free, "AXImage", frame(310, 110, 20, 20));
  world.add(window, "AXGroup", { AXTitle: "Over", ...frame(90, 90, 80, 80) });
  const screen = await screenOf(world);
  const { nodes } = await capture(screen);
  const id = (title: string) => named(nodes, title).id;
  expect(await act(screen, { action: "click", element: id("Under") })).toBe("occluded");
  expect(await act(screen, { action: "click", element: id("Free"), x: 10, y: 10 })).toBe("off-element");
  expect(await screen.events()).toEqual([]);
  // What is hit is inside the element: as good as the element.
  expect(await act(screen, { action: "click", element: id("Free"), x: 315, y: 115, count: 2 })).toBe("done");
  const kinds = (await screen.events()).map(({ type, clicks, x, y }) => [type, clicks, x, y]);
  expect(kinds).toEqual([
    [5, 0, 315, 115],
    [1, 1, 315, 115],
    [2, 1, 315, 115],
    [1, 2, 315, 115],
    [2, 2, 315, 115],
  ]);
  expect((await screen.request({ do: "hit", x: 315, y: 115 })).ok).toMatchObject({ node: { role: "AXImage" } });
  expect((await screen.request({ do: "hit", x: -5, y: -5 })).error?.code).toBe("not-found");
});
