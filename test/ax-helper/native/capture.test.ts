import { expect } from "vitest";
import { macAnswers } from "../../../src/ax-helper/backends/mac/protocol.ts";
import { branch, capture, named, nativeTest as test, screenOf } from "./native-test.ts";
import { frame, World, type WorldValue } from "./world.ts";

/** A program with a form, a secret and a closed menu. */
function form() {
  const world = new World();
  const { app, window, bar, pid } = world.app("Nötes", { title: "Übersicht 日本 😀" });
  const send = world.add(window, "AXButton", { AXTitle: "Send", ...frame(20, 40, 60, 20) }, { actions: ["AXPress"] });
  const secret = world.add(window, "AXTextField", {
    AXSubrole: "AXSecureTextField",
    AXTitle: "Password",
    AXValue: "swordfish",
    AXNumberOfCharacters: 9,
  });
  world.add(window, "AXCheckBox", { AXTitle: "Remember", AXValue: 1 });
  const file = world.add(bar, "AXMenuBarItem", { AXTitle: "File" });
  const menu = world.add(file, "AXMenu");
  const save = world.add(menu, "AXMenuItem", { AXTitle: "Save…" }, { actions: ["AXPress"] });
  return { world, app, pid, window, send, secret, file, menu, save };
}

test("a capture tells of the window in front, its controls and the titles of its menus", async () => {
  const { world, pid } = form();
  const screen = await screenOf(world);
  const seen = await capture(screen);
  expect(seen.app).toEqual({ pid, name: "Nötes", toolkit: "native" });
  expect(seen.window).toEqual({
    id: named(seen.nodes, "Übersicht 日本 😀").id,
    front: true,
    number: pid * 10,
    scale: 2,
  });
  expect(seen.cut).toBe("none");
  expect(named(seen.nodes, "Send")).toMatchObject({ role: "AXButton", rect: [20, 40, 60, 20] });
  expect(named(seen.nodes, "Remember").value).toBe(1);
  expect(named(seen.nodes, "File").role).toBe("AXMenuBarItem");
  expect(seen.nodes.some(({ title }) => title === "Save…")).toBe(false);
});

test("a secure field is never asked for its value, at first sight or later, and its text is refused", async () => {
  const { world } = form();
  const screen = await screenOf(world);
  for (let i = 0; i < 3; i++) {
    const field = named((await capture(screen)).nodes, "Password");
    expect(field.secure).toBe(true);
    expect(field).not.toHaveProperty("value");
    expect(field).not.toHaveProperty("characters");
    expect((await screen.request({ do: "text", element: field.id })).error?.code).toBe("secure");
  }
  expect((await screen.counters()).secretReads).toBe(0);
});

test("a page cannot have a secret read: not in a heading, a link or a table, nor by changing a control", async () => {
  const world = new World();
  const { window } = world.app("Page");
  const page = world.add(window, "AXWebArea");
  const secret = { AXSubrole: "AXSecureTextField", AXValue: "swordfish", AXNumberOfCharacters: 9 };
  for (const role of ["AXHeading", "AXLink", "AXButton", "AXGroup", "AXRow", "AXCell", "AXMenuItem", "AXRadioGroup"]) {
    world.add(world.add(page, role), "AXTextField", { AXTitle: `in ${role}`, ...secret });
  }
  const box = world.add(page, "AXCheckBox", { AXTitle: "Show", AXValue: 0 });
  const screen = await screenOf(world);
  await capture(screen);
  await screen.control(
    `text ${box} 0 AXRole AXTextField`,
    `text ${box} 0 AXSubrole AXSecureTextField`,
    `secret ${box}`,
  );
  for (let i = 0; i < 2; i++) {
    const { nodes } = await capture(screen);
    expect(nodes.filter(({ secure }) => secure).map(({ title }) => title)).toContain("Show");
  }
  expect((await screen.counters()).secretReads).toBe(0);
});

/** A page of so many paragraphs, and one text of a length. */
function pageOf(paragraphs: number, length: number, more: Record<string, WorldValue> = {}) {
  const world = new World();
  const page = world.add(world.app("Page").window, "AXWebArea", more);
  for (let index = 0; index < paragraphs; index++)
    world.add(world.add(page, "AXGroup"), "AXStaticText", { AXValue: `text ${index}` });
  const text = { AXValue: "x".repeat(length), AXNumberOfCharacters: length };
  const long = world.add(world.add(page, "AXGroup"), "AXStaticText", text);
  const link = world.add(page, "AXLink", { AXTitle: "Home" });
  world.add(link, "AXStaticText", { AXValue: "Home" });
  return { world, long };
}

test("a page tells which of its elements are texts, so that each is read by one message; one that does not is read all the same", async () => {
  const [told, untold] = [
    await screenOf(pageOf(100, 10).world),
    await screenOf(pageOf(100, 10, { StubTellsNothing: 1 }).world),
  ];
  const [one, other] = [await capture(told), await capture(untold)];
  const contents = (seen: typeof one) => seen.nodes.map(({ role, value, title }) => [role, value, title]);
  expect(contents(one)).toEqual(contents(other));
  expect(other.calls - one.calls).toBeGreaterThan(90);
  // What the search found and the walk did not come upon is not kept.
  expect(one.held).toBe(other.held);
  const again = await capture(told);
  expect(again.nodes).toEqual(one.nodes);
  expect(again.held).toBe(one.held);
});

test("a page of much text is read carefully: none of it crosses whole", async () => {
  const { world } = pageOf(10, 1_000_000);
  const screen = await screenOf(world);
  for (let i = 0; i < 2; i++) {
    const seen = await capture(screen);
    expect(seen.nodes.find(({ characters }) => characters === 1_000_000)?.value).toHaveLength(4_000);
  }
  expect((await screen.counters()).mostUnits).toBeLessThanOrEqual(4_000);
});

test("elements keep their ids, new ones get new ids, and nothing leaks over 30 captures", async () => {
  const { world, send } = form();
  const screen = await screenOf(world);
  const first = await capture(screen);
  const { live } = await screen.counters();
  for (let i = 0; i < 30; i++) {
    const again = await capture(screen);
    expect(again.nodes.map(({ id }) => id)).toEqual(first.nodes.map(({ id }) => id));
    expect(again.held).toBe(first.held);
  }
  expect((await screen.counters()).live).toBe(live);
  await screen.control(`dead ${send} 1`);
  const without = await capture(screen);
  expect(without.held).toBe(first.held - 1);
  expect((await screen.counters()).live).toBe(live - 1);
  await screen.control(`dead ${send} 0`);
  const back = named((await capture(screen)).nodes, "Send").id;
  expect(first.nodes.some(({ id }) => id === back)).toBe(false);
});

test("ids of one window stay good while others are captured or listed, up to 32 of them", async () => {
  const world = new World();
  const apps = Array.from({ length: 33 }, (_, index) => world.app(`App ${index}`));
  const screen = await screenOf(world);
  const ids = [];
  for (const { pid } of apps) ids.push((await capture(screen, { pid })).window?.id ?? 0);
  for (const { pid } of apps) {
    const listed = await screen.request({ do: "windows", pid });
    const { windows, front } = macAnswers.windows.parse(listed.ok);
    expect(windows.map(({ id }) => id)).toEqual([front]);
  }
  expect((await screen.request({ do: "check", element: ids[1] ?? 0 })).ok?.["same"]).toBe(true);
  expect((await screen.request({ do: "check", element: ids[0] ?? 0 })).error?.code).toBe("stale");
});

test("a table of 10,000 rows tells the rows on view and how many more there are, and never crosses whole", async () => {
  const world = new World();
  const { window } = world.app("Mail");
  const area = world.add(window, "AXScrollArea");
  const table = world.add(area, "AXTable");
  const rows = Array.from({ length: 10_000 }, (_, index) => {
    const row = world.add(table, "AXRow", { AXTitle: `Row ${index}` });
    world.add(world.add(row, "AXCell"), "AXStaticText", { AXValue: `cell ${index}` });
    return row;
  });
  Object.assign(world.node(table).attributes, {
    AXRows: { elements: rows },
    AXVisibleRows: { elements: rows.slice(500, 530) },
  });
  const list = world.add(world.add(window, "AXScrollArea"), "AXList");
  for (let index = 0; index < 10_000; index++) world.add(list, "AXGroup", { AXTitle: `Item ${index}` });
  const screen = await screenOf(world);
  for (let i = 0; i < 2; i++) {
    const { nodes } = await capture(screen);
    expect(nodes.find(({ role }) => role === "AXTable")?.more).toBe(9970);
    expect(nodes.filter(({ role }) => role === "AXRow")).toHaveLength(30);
    expect(named(nodes, "cell 500").role).toBe("AXStaticText");
    expect(nodes.find(({ role }) => role === "AXList")?.more).toBe(9800);
  }
  expect((await screen.counters()).mostElements).toBeLessThanOrEqual(200);
});

test("a text of 1 MB shows the part on view, is read on in parts, and never crosses whole", async () => {
  const world = new World();
  const { window } = world.app("Editor");
  const text = "0123456789".repeat(100_000);
  const attributes = {
    AXValue: text,
    AXNumberOfCharacters: text.length,
    AXVisibleCharacterRange: { range: [500_005, 900] as [number, number] },
  };
  world.add(world.add(window, "AXScrollArea"), "AXTextArea", attributes);
  world.add(window, "AXGroup");
  const loose = world.add(world.add(window, "AXScrollArea"), "AXTextArea", { AXValue: text });
  const screen = await screenOf(world);
  for (let i = 0; i < 2; i++) {
    const areas = (await capture(screen)).nodes.filter(({ role }) => role === "AXTextArea");
    expect(areas[0]).toMatchObject({ characters: 1_000_000, value: text.slice(500_005, 504_005) });
    // One that does not tell its length is not asked for its value either.
    expect(areas[1]?.value).toBe(text.slice(0, 4000));
  }
  const id = (await capture(screen)).nodes.find(({ role }) => role === "AXTextArea")?.id ?? 0;
  const part = await screen.request({ do: "text", element: id, from: 999_995, count: 100 });
  expect(part.ok).toEqual({ text: "56789", characters: 1_000_000 });
  expect((await screen.counters()).mostUnits).toBeLessThanOrEqual(4000);
  expect(world.node(loose).attributes["AXValue"]).toBe(text);
});

test("limits cut breadth first, and whatever they leave out is counted", async () => {
  const world = new World();
  const { window } = world.app("Deep");
  let at = window;
  for (let depth = 0; depth < 300; depth++) {
    at = world.add(at, "AXGroup", { AXTitle: `level ${depth}` });
    world.add(at, "AXStaticText", { AXValue: `text ${depth}` });
  }
  const screen = await screenOf(world);
  const total = 2 + 600;
  const few = await capture(screen, { nodes: 20 });
  expect(few.cut).toBe("nodes");
  expect(few.nodes).toHaveLength(20);
  expect(few.nodes.reduce((sum, { more = 0 }) => sum + more, 0)).toBe(1);
  const shallow = await capture(screen, { depth: 5 });
  expect(shallow.cut).toBe("depth");
  expect(shallow.nodes.find(({ title }) => title === "level 3")?.more).toBe(2);
  const small = await capture(screen, { bytes: 4096 });
  expect(small.cut).toBe("bytes");
  expect(JSON.stringify(small.nodes).length).toBeLessThanOrEqual(4200);
  expect(small.unread.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(0);
  await screen.control("latency 3000");
  const quick = await capture(screen, { timeMs: 100 });
  expect(quick.cut).toBe("time");
  expect(quick.nodes.length).toBeLessThan(total);
  await screen.control("latency 0");
  const below = await branch(screen, named(shallow.nodes, "level 2").id, { nodes: 1000, depth: 500 });
  expect(below.nodes).toHaveLength(600 - 2 * 2);
});

test("error slots, NULL, styled text, addresses and strange values", async () => {
  const world = new World();
  const { window } = world.app("Odd");
  world.add(window, "AXButton", { AXTitle: "absent", AXHelp: { error: -25212 } });
  world.add(window, "AXButton", { AXTitle: "broken", AXHelp: { error: -25200 } });
  world.add(window, "AXButton", { AXTitle: "null", AXDescription: { null: true }, AXPosition: { null: true } });
  world.add(window, "AXStaticText", { AXTitle: "styled", AXValue: { attributed: "bold" } });
  world.add(window, "AXStaticText", { AXTitle: "address", AXValue: { url: "https://example.org/" } });
  world.add(window, "AXStaticText", {
    AXTitle: "far",
    AXValue: "x",
    AXPosition: { point: [1e300, -1e300] },
    AXSize: { size: [10, 10] },
  });
  world.add(window, "AXSlider", { AXTitle: "half", AXValue: 0.5 });
  const screen = await screenOf(world);
  const { nodes } = await capture(screen);
  expect(named(nodes, "absent").incomplete).toBeUndefined();
  expect(named(nodes, "broken").incomplete).toBe(true);
  expect(named(nodes, "null")).not.toHaveProperty("description");
  expect(named(nodes, "styled").value).toBe("bold");
  expect(named(nodes, "address").value).toBe("https://example.org/");
  expect(named(nodes, "far").rect).toEqual([1e9, -1e9, 10, 10]);
  expect(named(nodes, "half").value).toBe(0.5);
});

test("hostile names: control characters are escaped, lone surrogates replaced, length is bounded", async () => {
  const world = new World();
  const { window } = world.app("Hostile");
  const name = 'a"b\\c\n\r\t\u0000\u001b[31m\u0085\u2028 {"id":9}';
  const long = "😀".repeat(5000);
  world.add(window, "AXButton", { AXTitle: name });
  world.add(window, "AXButton", { AXTitle: long });
  const screen = await screenOf(world);
  const { nodes } = await capture(screen);
  expect(nodes.filter(({ role }) => role === "AXButton").map(({ title }) => title)).toEqual([name, "😀".repeat(500)]);
});

test("a program whose tree goes in circles is read once", async () => {
  const world = new World();
  const { window } = world.app("Circle");
  const group = world.add(window, "AXGroup");
  world.node(group).attributes["AXChildren"] = { elements: [window, group] };
  const screen = await screenOf(world);
  expect((await capture(screen)).nodes).toHaveLength(3);
});

test("an open menu and dialogs of the program are captured with the window", async () => {
  const { world, app, menu, save, file } = form();
  const dialog = world.add(app, "AXWindow", { AXTitle: "Really?", AXSubrole: "AXDialog" });
  const other = world.add(app, "AXWindow", { AXTitle: "Other", AXSubrole: "AXStandardWindow" });
  const { attributes } = world.node(app);
  const windows = attributes["AXWindows"];
  Object.assign(attributes, {
    AXWindows: { elements: [...(windows as { elements: number[] }).elements, dialog, other] },
    AXFocusedUIElement: { element: save },
  });
  world.node(file).attributes["AXSelected"] = true;
  const screen = await screenOf(world);
  const seen = await capture(screen);
  expect(named(seen.nodes, "Really?").root).toBe("dialog");
  expect(seen.nodes.some(({ title }) => title === "Other")).toBe(false);
  expect(seen.focused).toBe(named(seen.nodes, "Save…").id);
  expect(world.node(menu).attributes["AXRole"]).toBe("AXMenu");
});
