import { expect } from "vitest";
import { frame, World } from "../../native/world.ts";
import { deskTest as test, elementsIn, find, openDesk, refusal } from "./desk.ts";

/** Two programs; the first is in front, with two windows, the second of them modal. */
function twoPrograms() {
  const world = new World();
  const mail = world.app("Mail", { title: "New Message" });
  const about = world.add(mail.app, "AXWindow", { AXTitle: "Really?", AXSubrole: "AXDialog", AXModal: true });
  world.node(mail.app).attributes["AXWindows"] = { elements: [mail.window, about] };
  const notes = world.app("Nötes 日本", { title: "Übersicht 😀" });
  return { world, mail, notes, about };
}

test("apps lists programs front to back with their windows, and which has the keyboard", async () => {
  const { world, mail, notes } = twoPrograms();
  const desk = openDesk(world);
  const { apps } = await desk.ask({ do: "apps" });
  expect(apps.map(({ name, pid, responding }) => [name, pid, responding])).toEqual([
    ["Mail", mail.pid, true],
    ["Nötes 日本", notes.pid, true],
  ]);
  expect(apps[0]?.windows).toMatchObject([
    { title: "New Message", role: "frame", active: true, modal: false },
    { title: "Really?", role: "dialog", active: false, modal: true },
  ]);
  expect(apps[1]?.windows).toMatchObject([{ title: "Übersicht 😀", active: false }]);
  // The ids last: a window that is listed again, or read, is the same.
  const read = await desk.capture({ window: apps[1]?.windows[0]?.id ?? "" });
  expect(read.about).toMatchObject({ windowId: apps[1]?.windows[0]?.id, pid: notes.pid, active: false });
  expect((await desk.ask({ do: "apps" })).apps).toEqual(apps);
});

test("a window is read by its id, its program's name in any case, its process, or because it is in front", async () => {
  const { world, notes } = twoPrograms();
  const desk = openDesk(world);
  const front = await desk.capture();
  expect(front.window).toMatchObject({ app: "Mail", window: "New Message", toolkit: "AppKit" });
  expect(front.about).toMatchObject({ active: true, cut: "none" });
  expect(find(front, "dialog", "Really?").states).toContain("modal");
  expect(front.about.nodes).toBe(elementsIn(front.window).length);
  for (const app of ["nötes 日本", notes.pid]) {
    const { window, about } = await desk.capture({ app });
    expect(window.window).toBe("Übersicht 😀");
    expect(about.active).toBe(false);
  }
  const other = (await desk.ask({ do: "apps" })).apps[0]?.windows[1]?.id ?? "";
  expect((await desk.capture({ window: other })).window.window).toBe("Really?");
  const missing = await refusal(desk.screen.ask({ do: "capture", app: "Numbers" }, {}));
  expect(missing).toMatchObject({ code: "no-app", choices: ["Mail", "Nötes 日本"] });
  expect((await refusal(desk.screen.ask({ do: "capture", app: 1 }, {}))).code).toBe("no-app");
  for (const window of ["x", "1/2/3", "-1/2", `${"9".repeat(40)}/1`])
    expect((await refusal(desk.screen.ask({ do: "capture", window }, {}))).code).toBe("invalid");
});

test("Raycast and loopd are never the window in front", async () => {
  const world = new World();
  world.app("Raycast");
  world.app("loopd");
  const { pid } = world.app("Mail", { title: "Inbox" });
  const desk = openDesk(world);
  expect((await desk.capture()).about).toMatchObject({ pid, active: true });
  const { apps } = await desk.ask({ do: "apps" });
  expect(apps.flatMap(({ windows }) => windows.filter(({ active }) => active)).map(({ title }) => title)).toEqual([
    "Inbox",
  ]);
  expect((await desk.capture({ app: "raycast" })).about.active).toBe(false);
});

test("reading any number of programs loses no element of the others", async () => {
  const world = new World();
  for (let index = 0; index < 20; index++) {
    const { window } = world.app(`App ${index}`);
    world.add(window, "AXButton", { AXTitle: `Press ${index}` }, { actions: ["AXPress"] });
  }
  const desk = openDesk(world);
  const first = await desk.capture({ app: "App 0" });
  for (let index = 1; index < 20; index++) await desk.capture({ app: `App ${index}` });
  await desk.ask({ do: "apps" });
  expect(await desk.act(find(first, "push button", "Press 0"), { action: "press" })).toMatchObject({ outcome: "done" });
});

test("a program without a window shows its menus, which can be used", async () => {
  const world = new World();
  const { app, bar } = world.app("Finder");
  const { attributes } = world.node(app);
  delete attributes["AXFocusedWindow"];
  attributes["AXWindows"] = { elements: [] };
  const file = world.add(bar, "AXMenuBarItem", { AXTitle: "File" });
  const open = world.add(world.add(file, "AXMenu"), "AXMenuItem", { AXTitle: "New Window" }, { actions: ["AXPress"] });
  const desk = openDesk(world);
  const seen = await desk.capture();
  expect(find(seen, "menu", "File").states).toContain("showing");
  expect(await desk.act(seen.window.tree, { action: "menu", path: ["File", "New Window"] })).toMatchObject({
    outcome: "done",
  });
  expect(await desk.events()).toEqual([{ kind: "action", node: open, name: "AXPress" }]);
  expect(await desk.act(seen.window.tree, { action: "press" })).toMatchObject({ code: "unsupported" });
});

test("what an element is now: its label's name, its states; and what is at a point", async () => {
  const world = new World();
  const { window } = world.app("Form");
  const label = world.add(window, "AXStaticText", { AXValue: "E-mail" });
  world.add(window, "AXTextField", { AXTitleUIElement: { element: label }, AXValue: "a@b", AXNumberOfCharacters: 3 });
  world.add(window, "AXButton", { AXTitle: "Send", ...frame(100, 100, 40, 20) }, { actions: ["AXPress"] });
  const other = world.app("Other");
  Object.assign(world.node(other.window).attributes, frame(1000, 10, 800, 600));
  const desk = openDesk(world);
  const seen = await desk.capture();
  for (const [role, name] of [
    ["entry", "E-mail"],
    ["label", "E-mail"],
    ["push button", "Send"],
  ] as const) {
    const { id } = find(seen, role, name);
    expect(await desk.ask({ do: "check", element: id })).toMatchObject({ id, role, name });
  }
  const send = find(seen, "push button", "Send");
  const at = { do: "hit", x: 110, y: 110 } as const;
  expect((await desk.ask({ ...at, window: seen.about.windowId })).found).toMatchObject({ id: send.id, name: "Send" });
  const { about } = await desk.capture({ app: "Other" });
  expect((await desk.ask({ ...at, window: about.windowId })).found).toBeNull();
  expect((await desk.ask({ do: "hit", window: about.windowId, x: -9, y: -9 })).found).toBeNull();
});

test("long texts are read in parts, and never cross whole; a secret is never read at all", async () => {
  const world = new World();
  const { window } = world.app("Editor");
  const text = "0123456789".repeat(100_000);
  world.add(world.add(window, "AXScrollArea"), "AXTextArea", { AXValue: text, AXNumberOfCharacters: text.length });
  world.add(window, "AXStaticText", { AXValue: "only a name" });
  const rows = world.add(world.add(window, "AXScrollArea"), "AXTable");
  const elements = Array.from({ length: 10_000 }, (_, index) => world.add(rows, "AXRow", { AXTitle: `Row ${index}` }));
  Object.assign(world.node(rows).attributes, {
    AXRows: { elements },
    AXVisibleRows: { elements: elements.slice(0, 40) },
  });
  const secret = { AXSubrole: "AXSecureTextField", AXTitle: "Password", AXValue: "swordfish", AXNumberOfCharacters: 9 };
  world.add(window, "AXTextField", secret);
  const desk = openDesk(world);
  const seen = await desk.capture();
  const area = find(seen, "text", "");
  expect(area).toMatchObject({ chars: 1_000_000 });
  expect(await desk.ask({ do: "text", element: area.id, from: 999_990, count: 100 })).toEqual({
    text: "0123456789",
    chars: 1_000_000,
  });
  expect(find(seen, "table", "").more).toBe(9_960);
  const name = find(seen, "label", "only a name");
  expect(await desk.ask({ do: "text", element: name.id, from: 5, count: 100 })).toMatchObject({ text: "a name" });
  const password = find(seen, "password text", "Password");
  expect(password.secure).toBe(true);
  expect(password).not.toHaveProperty("text");
  const refused = await refusal(desk.screen.ask({ do: "text", element: password.id, from: 0, count: 9 }, {}));
  expect(refused.code).toBe("secure");
  const { mostUnits, mostElements, secretReads } = await desk.counters();
  expect(mostUnits).toBeLessThanOrEqual(4_000);
  expect(mostElements).toBeLessThanOrEqual(200);
  expect(secretReads).toBe(0);
});

test("limits of a request hold, and what they leave out is counted", async () => {
  const world = new World();
  const { window } = world.app("Many");
  for (let index = 0; index < 100; index++) world.add(window, "AXButton", { AXTitle: `${index}` });
  const desk = openDesk(world);
  const { window: few, about } = await desk.capture({ limits: { children: 10 } });
  expect(few.tree).toMatchObject({ more: 90 });
  expect(about.cut).toBe("none");
  const cut = await desk.capture({ limits: { nodes: 20 } });
  expect(cut.about).toMatchObject({ cut: "nodes", nodes: 20 });
  // What a smaller capture did not come upon is still known.
  const all = await desk.capture();
  await desk.capture({ limits: { nodes: 20 } });
  expect(await desk.ask({ do: "check", element: find(all, "push button", "99").id })).toMatchObject({ name: "99" });
});

test("trust names who is asked, and prompts only when it should", async () => {
  const desk = openDesk(twoPrograms().world);
  expect(await desk.ask({ do: "trust", ask: false })).toMatchObject({ trusted: true });
  await desk.control("trust 0");
  const without = await desk.ask({ do: "trust", ask: false });
  expect(without).toMatchObject({ trusted: false });
  expect(without.how).toMatch(/loopd-screen.*x-apple\.systempreferences:.*Privacy_Accessibility/);
  expect((await desk.counters())["prompts"]).toBe(0);
  await desk.ask({ do: "trust", ask: true });
  expect((await desk.counters())["prompts"]).toBe(1);
  for (const request of [{ do: "apps" }, { do: "capture" }] as const) {
    const refused = await refusal(desk.screen.ask(request, {}));
    expect(refused).toMatchObject({ code: "no-trust", message: expect.stringContaining("permissions_request") });
  }
});

test("who waits hears of a change, and others are served meanwhile", async () => {
  const { world, mail } = twoPrograms();
  const button = world.add(mail.window, "AXButton", { AXTitle: "Send" });
  const desk = openDesk(world);
  const { windowId } = (await desk.capture()).about;
  expect(await desk.ask({ do: "changed", window: windowId, timeMs: 300 })).toEqual({ changed: false });
  const waiting = desk.ask({ do: "changed", window: windowId, timeMs: 1_000 });
  await desk.capture({ app: "Nötes 日本" });
  await desk.control(`text ${button} 0 AXTitle Sent`);
  expect(await waiting).toEqual({ changed: true });
});
