import { expect } from "vitest";
import { Problem } from "../../../../src/ax-helper/problem.ts";
import { frame, World } from "../../native/world.ts";
import { deskTest as test, find, openDesk } from "./desk.ts";

const PRESS = { actions: ["AXPress"] };

/** A program with one of each control. */
function controls() {
  const world = new World();
  const { window, bar, pid, app } = world.app("Mail", { title: "New Message" });
  const add = (role: string, attributes: Parameters<World["add"]>[2], more?: Parameters<World["add"]>[3]) =>
    world.add(window, role, attributes, more);
  const send = add("AXButton", { AXTitle: "Send", ...frame(20, 40, 60, 20) }, PRESS);
  const to = add("AXTextField", { AXTitle: "To", AXValue: "", AXNumberOfCharacters: 0 });
  const slider = add("AXSlider", { AXTitle: "Size", AXValue: 0.5 });
  const box = add("AXCheckBox", { AXTitle: "Urgent", AXValue: 0 }, PRESS);
  const secret = add("AXTextField", { AXTitle: "Password", AXSubrole: "AXSecureTextField", AXValue: "swordfish" });
  const fixed = add(
    "AXTextField",
    { AXTitle: "Fixed", AXValue: "as it is", AXNumberOfCharacters: 8 },
    { readOnly: true },
  );
  const list = add("AXTable", { AXTitle: "Folders" });
  const rows = ["Inbox", "Sent"].map((name) => {
    const row = world.add(list, "AXRow", { AXSelected: false });
    world.add(world.add(row, "AXCell"), "AXStaticText", { AXValue: name });
    return row;
  });
  Object.assign(world.node(list).attributes, { AXRows: { elements: rows }, AXVisibleRows: { elements: rows } });
  const file = world.add(bar, "AXMenuBarItem", { AXTitle: "File" });
  const menu = world.add(file, "AXMenu");
  const save = world.add(menu, "AXMenuItem", { AXTitle: "Save…" }, PRESS);
  return { world, window, pid, app, send, to, slider, box, secret, fixed, rows, save };
}

test("a press brings up a dialog, whose button is pressed then", async () => {
  const { world, app, window, send } = controls();
  const dialog = world.add(app, "AXWindow", { AXTitle: "No subject", AXModal: true }, { dead: true });
  const anyway = world.add(dialog, "AXButton", { AXTitle: "Send Anyway" }, PRESS);
  world.node(app).attributes["AXWindows"] = { elements: [window, dialog] };
  world.node(send).effects = [
    { node: dialog, name: "dead", value: false },
    { node: app, name: "AXFocusedWindow", value: { element: dialog } },
  ];
  world.node(anyway).effects = [
    { node: dialog, name: "dead", value: true },
    { node: anyway, name: "dead", value: true },
    { node: app, name: "AXFocusedWindow", value: { element: window } },
  ];
  const desk = openDesk(world);
  const acted = await desk.act(find(await desk.capture(), "push button", "Send"), { action: "press" });
  expect(acted).toMatchObject({ outcome: "done", by: "accessibility" });
  expect(acted instanceof Problem ? 0 : acted.events).toBeGreaterThan(0);
  const after = await desk.capture();
  expect(after.window).toMatchObject({ window: "No subject", tree: { role: "dialog" } });
  await desk.act(find(after, "push button", "Send Anyway"), { action: "press" });
  expect((await desk.capture()).window.window).toBe("New Message");
  expect((await desk.events()).map(({ node }) => node)).toEqual([send, anyway]);
  expect(await desk.act(find(after, "push button", "Send Anyway"), { action: "press" })).toMatchObject({
    code: "gone",
  });
});

test("text is set and typed, and read back; a number too", async () => {
  const { world } = controls();
  const desk = openDesk(world);
  const to = find(await desk.capture(), "entry", "To");
  expect(await desk.act(to, { action: "set", value: "Grüße 😀 العربية" })).toMatchObject({
    outcome: "done",
    verified: true,
    by: "accessibility",
  });
  expect(await desk.act(to, { action: "type", text: "more" })).toMatchObject({ outcome: "done", verified: true });
  const slider = find(await desk.capture(), "slider", "Size");
  expect(await desk.act(slider, { action: "set", value: "0.75" })).toMatchObject({ verified: true });
  expect(await desk.act(slider, { action: "set", value: "much" })).toMatchObject({ code: "invalid" });
  expect(find(await desk.capture(), "entry", "To").text).toBe("more");
});

test("a program that takes a change and makes none is found out, and what cannot be changed is left", async () => {
  const { world, to, slider } = controls();
  for (const index of [to, slider]) world.node(index).deaf = true;
  const desk = openDesk(world);
  const seen = await desk.capture();
  expect(await desk.act(find(seen, "entry", "To"), { action: "set", value: "Ada" })).toMatchObject({
    outcome: "done",
    verified: false,
    note: 'It holds "".',
  });
  expect(await desk.act(find(seen, "entry", "To"), { action: "type", text: "Ada" })).toMatchObject({ verified: false });
  expect(await desk.act(find(seen, "slider", "Size"), { action: "set", value: 1 })).toMatchObject({
    verified: false,
    note: "It is 0.5.",
  });
  const fixed = find(seen, "entry", "Fixed");
  expect(fixed.states).toContain("read-only");
  expect(await desk.act(fixed, { action: "set", value: "x" })).toMatchObject({ code: "read-only" });
});

test("a secret field takes text and is never read, not even to check", async () => {
  const { world, secret } = controls();
  const desk = openDesk(world);
  const field = find(await desk.capture(), "password text", "Password");
  for (const action of [
    { action: "set", value: "hunter2" },
    { action: "type", text: "hunter2" },
  ] as const) {
    const acted = await desk.act(field, action);
    expect(acted).toMatchObject({ outcome: "done" });
    expect(acted).not.toHaveProperty("verified");
    expect(JSON.stringify(acted)).not.toContain("hunter2");
  }
  expect((await desk.events()).filter(({ node }) => node === secret)).not.toHaveLength(0);
  expect((await desk.counters())["secretReads"]).toBe(0);
});

test("what a page takes is no proof that its script noticed", async () => {
  const world = new World();
  const { window } = world.app("Safari");
  world.add(world.add(window, "AXWebArea"), "AXTextField", { AXTitle: "Name", AXValue: "", AXNumberOfCharacters: 0 });
  const desk = openDesk(world);
  const name = find(await desk.capture(), "entry", "Name");
  const acted = await desk.act(name, { action: "set", value: "Ada" });
  expect(acted).toMatchObject({ outcome: "done", note: expect.stringContaining("no proof") });
  expect(acted).not.toHaveProperty("verified");
});

test("toggles switch only what is not so yet", async () => {
  const { world, box } = controls();
  const desk = openDesk(world);
  const urgent = find(await desk.capture(), "check box", "Urgent");
  expect(await desk.act(urgent, { action: "toggle", on: false })).toMatchObject({ verified: true, note: /already/ });
  expect(await desk.events()).toEqual([]);
  expect(await desk.act(urgent, { action: "toggle", on: true })).toMatchObject({ verified: true });
  expect(await desk.act(urgent, { action: "toggle" })).toMatchObject({ verified: true });
  expect((await desk.events()).map(({ node }) => node)).toEqual([box, box]);
});

test("rows are selected, by themselves and by what they show; a name that is not there is answered with those that are", async () => {
  const { world, rows } = controls();
  const desk = openDesk(world);
  const list = find(await desk.capture(), "table", "Folders");
  expect(await desk.act(list, { action: "select", option: "sent" })).toMatchObject({ outcome: "done", verified: true });
  expect(await desk.events()).toEqual([{ kind: "set", node: rows[1], name: "AXSelected", value: 1 }]);
  expect(await desk.act(list, { action: "select", option: "Trash" })).toMatchObject({
    code: "not-found",
    choices: ["Inbox", "Sent"],
  });
});

test("an option of a pop-up button is taken from its menu, which is closed again if it has none of that name", async () => {
  const world = new World();
  const { window } = world.app("Prefs");
  const popup = world.add(window, "AXPopUpButton", { AXTitle: "Size", AXValue: "Small" }, PRESS);
  const menu = world.add(popup, "AXMenu", {}, { dead: true, actions: ["AXCancel"] });
  const close = { node: menu, name: "dead", value: true };
  world.node(popup).effects = [{ node: menu, name: "dead", value: false }];
  world.node(menu).effects = [close];
  for (const title of ["Small", "Large"])
    world.add(
      menu,
      "AXMenuItem",
      { AXTitle: title },
      { ...PRESS, effects: [{ node: popup, name: "AXValue", value: title }, close] },
    );
  const desk = openDesk(world);
  const size = find(await desk.capture(), "combo box", "Size");
  for (const option of ["Large", "small", "LARGE…"]) {
    const acted = await desk.act(size, { action: "select", option });
    expect(acted, option).toMatchObject({ outcome: "done", verified: true });
  }
  const missing = await desk.act(size, { action: "select", option: "Huge" });
  expect(missing).toMatchObject({ code: "not-found", choices: ["Small", "Large"] });
  expect((await desk.events()).at(-1)).toEqual({ kind: "action", node: menu, name: "AXCancel" });
});

test("menus by path, keys by chord, a click at a point", async () => {
  const { world, save, pid } = controls();
  const desk = openDesk(world);
  const seen = await desk.capture();
  expect(await desk.act(seen.window.tree, { action: "menu", path: ["file", "save"] })).toMatchObject({
    outcome: "done",
  });
  expect(await desk.events()).toEqual([{ kind: "action", node: save, name: "AXPress" }]);
  const wrong = await desk.act(seen.window.tree, { action: "menu", path: ["File", "Print"] });
  expect(wrong).toMatchObject({ code: "not-found", choices: ["Save…"] });
  expect(await desk.act(seen.window.tree, { action: "menu", path: Array<string>(9).fill("x") })).toMatchObject({
    code: "invalid",
  });
  for (const [chord, key, flags] of [
    ["cmd+S", 1, 0x100000],
    ["Ctrl+Page Down", 121, 0x840000],
    ["shift+Tab", 48, 0x20000],
    ["cmd+?", 44, 0x120000],
    ["Enter", 36, 0],
  ] as const) {
    expect(await desk.act(seen.window.tree, { action: "key", chord }), chord).toMatchObject({ by: "input" });
    const [down] = await desk.events();
    expect(down, chord).toMatchObject({ kind: "key", pid, key, flags, down: true });
  }
  expect(await desk.act(seen.window.tree, { action: "key", chord: "insert" })).toMatchObject({ code: "invalid" });
  await desk.control("secure-input 1");
  expect(await desk.act(seen.window.tree, { action: "key", chord: "a" })).toMatchObject({ code: "secure-input" });
  await desk.control("secure-input 0");
  const send = find(seen, "push button", "Send");
  expect(await desk.act(send, { action: "click", x: 21, y: 41 })).toMatchObject({ outcome: "done", by: "input" });
  expect((await desk.events())[0]).toMatchObject({ kind: "mouse", x: 21, y: 41 });
  expect(await desk.act(send, { action: "click", x: 500, y: 500 })).toMatchObject({ code: "off-element" });
});

test("what has no action like a click is clicked; nothing if something else is there", async () => {
  const world = new World();
  const { window } = world.app("Paint");
  world.add(window, "AXGroup", { AXTitle: "Canvas", ...frame(100, 100, 50, 50) });
  world.add(window, "AXGroup", { AXTitle: "Under", ...frame(300, 100, 50, 50) }, { actions: ["AXShowMenu"] });
  world.add(window, "AXGroup", { AXTitle: "Over", ...frame(290, 90, 80, 80) });
  const desk = openDesk(world);
  const seen = await desk.capture();
  expect(await desk.act(find(seen, "panel", "Canvas"), { action: "press" })).toMatchObject({ by: "input" });
  expect((await desk.events()).map(({ kind }) => kind)).toEqual(["mouse", "mouse", "mouse"]);
  expect(await desk.act(find(seen, "panel", "Under"), { action: "press" })).toMatchObject({
    code: "unsupported",
    choices: ["AXShowMenu"],
    message: expect.stringContaining("Something else is at that point"),
  });
  expect(await desk.events()).toEqual([]);
});
