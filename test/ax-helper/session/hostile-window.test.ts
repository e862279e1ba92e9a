import { expect, test } from "vitest";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { openScreens } from "../../../src/ax-helper/screens.ts";
import { button, FILLERS, type Piece, scriptedScreen, type ScriptedWindow } from "./scripted-screen.ts";

/** An answer that must be none of the problems. */
function got<Value extends object>(value: Value | Problem): Value {
  if (value instanceof Problem) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

/** A row of a form: a text, and beside it a field that has no name of its own. */
const row = (at: number, label: string): Piece[] => [
  { key: `label ${at}`, role: "label", name: label, rect: [0, 100 * at, 80, 18] },
  { key: `field ${at}`, role: "entry", name: "", states: ["editable"], text: "", rect: [90, 100 * at, 100, 18] },
];
const bank = (title: string, ...pieces: Piece[]): ScriptedWindow => ({
  ...{ app: "Bank", pid: 1, key: "main", active: true },
  ...{ title, pieces },
});

test("a field that is named by the text beside it is not written once that text is another", async () => {
  const { session, show, looking, deeds } = await scriptedScreen({
    windows: [bank("Pay", ...row(1, "Amount"), ...row(2, "Receiver"))],
  });
  const { text } = got(await session.read({}, looking("1")));
  const ref = /(t\d+) Receiver/.exec(text)?.[1] ?? "";
  await show({ windows: [bank("Pay", ...row(1, "Receiver"), ...row(2, "Amount"))] });
  expect(await session.act(ref, { action: "set", value: "1000" }, looking("2", "1"))).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual([]);
});

test("a row that shows something else by now is not the row that was seen", async () => {
  const list = (...names: string[]): Piece[] =>
    names.map((name, at) => ({
      ...{ key: `row ${at}`, role: "list item", name: "", states: ["selectable"] },
      children: [{ key: `cell ${at}`, role: "label", name }],
    }));
  const { session, show, looking, deeds } = await scriptedScreen({ windows: [bank("Bills", ...list("Rent", "Gas"))] });
  const { text } = got(await session.read({}, looking("1")));
  const ref = /([a-z]\d+)\S* Rent/.exec(text)?.[1] ?? "";
  expect(session.find(ref)).toMatchObject({ name: "Rent" });
  // Scrolled: the same elements show the next rows.
  await show({ windows: [bank("Bills", ...list("Gas", "Casino"))] });
  expect(await session.act(ref, { action: "press" }, looking("2", "1"))).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual([]);
});

test("the same button in a window that asks for something else by now is not pressed; a title may count", async () => {
  const { session, show, looking, deeds } = await scriptedScreen({
    windows: [bank("Delete draft (1)?", button("OK"))],
  });
  got(await session.read({}, looking("1")));
  await show({ windows: [bank("* Delete draft (2)?", button("OK"))] });
  got(await session.act("b1", { action: "press" }, looking("2", "1")));
  await show({ windows: [bank("Delete account?", button("OK"))] });
  const end = await session.act("b1", { action: "press" }, looking("3", "2"));
  expect(end).toMatchObject({ code: "stale", message: expect.stringContaining("Delete account?") as string });
  // Somebody else's look, or a read of another window, shows it to nobody who acts.
  got(await session.peek({}, 500, new AbortController().signal));
  expect(await session.act("b1", { action: "press" }, looking("4", "2"))).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual(['OK {"action":"press"}']);
  got(await session.read({}, looking("5", "2")));
  got(await session.act("b1", { action: "press" }, looking("6", "5")));
  expect(await deeds()).toHaveLength(2);
});

test("calls of one step: what the first makes of the window, the second does not press", async () => {
  const next = { windows: [bank("Delete account?", ...FILLERS, button("Next"), button("OK"))] };
  const start = { windows: [bank("Delete draft?", ...FILLERS, button("Next"), button("OK"))], effects: { Next: next } };
  const { session, looking, deeds } = await scriptedScreen(start);
  got(await session.read({}, looking("1")));
  const [first, second] = await Promise.all([
    session.act("b21", { action: "press" }, looking("2", "1")),
    session.act("b22", { action: "press" }, looking("3", "1")),
  ]);
  got(first);
  expect(second).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual(['Next {"action":"press"}']);
});

test("a menu is not chosen from once a secret field has the keyboard", async () => {
  const at = (focus: string): Piece[] =>
    ["name", "PIN"].map((key) => ({
      ...{ key, name: key, role: key === "PIN" ? "password text" : "entry", secure: key === "PIN" },
      states: ["editable", ...(focus === key ? ["focused"] : [])],
    }));
  const { session, show, looking, deeds } = await scriptedScreen({ windows: [bank("Login", ...at("name"))] });
  got(await session.read({}, looking("1")));
  await show({ windows: [bank("Login", ...at("PIN"))] });
  const paste = { action: "menu" as const, path: ["Edit", "Paste"] };
  expect(await session.act("t1", paste, looking("2", "1"))).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual([]);
});

test("however many sessions look, none loses the numbers it is giving out", async () => {
  let now = 0;
  const place = {
    platform: "linux" as const,
    architecture: "x64",
    environment: { LOOPD_SCREEN_BACKEND: "fixture:/none" },
  };
  const screens = openScreens(place, () => now);
  const first = screens.of("first");
  for (let at = 0; at < 200; at++) screens.of(`other ${at}`);
  expect(screens.of("first")).toBe(first);
  now += 60 * 60_000;
  for (let at = 0; at < 200; at++) screens.of(`later ${at}`);
  expect(screens.of("first")).not.toBe(first);
  await screens.screen.close();
});
