import { expect, test } from "vitest";
import { Problem } from "../../../src/ax-helper/problem.ts";
import type { Piece } from "./scripted-screen.ts";
import { button, FILLERS, scriptedScreen, type ScriptedWindow } from "./scripted-screen.ts";

/** An answer that must be none of the problems. */
function got<Value extends object>(value: Value | Problem): Value {
  if (value instanceof Problem) throw new Error(`${value.code}: ${value.message}`);
  return value;
}
const mail = (...pieces: Piece[]): ScriptedWindow => ({ app: "Mail", pid: 1, title: "Draft", pieces, active: true });
const notes = (...pieces: Piece[]): ScriptedWindow => ({ app: "Notes", pid: 2, title: "List", pieces });
const field = (text: string): Piece => ({ key: "to", role: "entry", name: "To", states: ["editable"], text });

test("what was seen is told as a diff, and whole to whoever no longer has it before them", async () => {
  const { session, show, looking } = await scriptedScreen({ windows: [mail(...FILLERS, field("a"))] });
  expect(got(await session.read({}, looking("1")))).toMatchObject({ app: "Mail", window: "Draft", isFull: true });
  await show({ windows: [mail(...FILLERS, field("b"))] });
  expect(got(await session.read({}, looking("2", "1")))).toMatchObject({ isFull: false, text: "diff 1\nt21 To=b" });
  await show({ windows: [mail(...FILLERS, field("c"))] });
  expect(got(await session.read({}, looking("3", "2")))).toMatchObject({ isFull: false, text: "diff 2\nt21 To=c" });
  // A new epoch; a result that never arrived; another call's look in between.
  expect(got(await session.read({}, looking("4"))).isFull).toBe(true);
  expect(got(await session.read({}, looking("5", "3"))).isFull).toBe(true);
  expect(got(await session.read({}, looking("6", "5"))).text).toBe("diff 1: nothing changed");
});

test("numbers go on after the ones that the looker knows, in a session that knows none of them", async () => {
  const { session, looking } = await scriptedScreen({ windows: [mail(button("Send"))] });
  const sight = got(await session.read({}, looking("1", undefined, { lastRef: 40 })));
  expect(sight.text).toContain("b41 Send");
  expect(sight.lastRef).toBe(41);
  expect(session.find("b1")).toBeUndefined();
  expect(await session.act("b1", { action: "press" }, looking("2", "1"))).toMatchObject({ code: "stale" });
});

test("references of one window still hold after another was read, and what was done is told", async () => {
  const before = [mail(...FILLERS, button("Send")), notes(button("Add"))];
  const sent = { windows: [mail(...FILLERS, button("Send"), button("Undo")), notes(button("Add"))] };
  const { session, looking, deeds } = await scriptedScreen({ windows: before, effects: { Send: sent } });
  got(await session.read({ app: "mail" }, looking("1")));
  expect(got(await session.read({ app: "NOTES" }, looking("2", "1")))).toMatchObject({ app: "Notes", isFull: true });
  const deed = got(await session.act("b21", { action: "press" }, looking("3", "2")));
  expect(deed).toMatchObject({
    target: { app: "Mail", window: "Draft", role: "push button", name: "Send", isSecure: false },
    acted: { outcome: "done" },
    isChanged: true,
    after: { app: "Mail", isFull: true },
  });
  expect(await deeds()).toEqual(['Send {"action":"press"}']);
  const again = got(await session.act("b1", { action: "press" }, looking("4", "3")));
  expect(again).toMatchObject({ isChanged: false, after: { text: "diff 1: nothing changed" } });
});

test("the dialog that comes up is shown, and the window below when it is closed by what is pressed in it", async () => {
  const base = mail(...FILLERS, button("Delete"));
  const dialog = { app: "Mail", pid: 1, title: "Sure?", active: true, modal: true, pieces: [button("Yes")] };
  const closed = { windows: [mail(...FILLERS)] };
  const asking = { windows: [{ ...base, active: false }, dialog], effects: { Yes: closed } };
  const { session, looking } = await scriptedScreen({ windows: [base], effects: { Delete: asking } });
  got(await session.read({}, looking("1")));
  const deed = got(await session.act("b21", { action: "press" }, looking("2", "1")));
  expect(deed.after).toMatchObject({ window: "Sure?", text: "Mail | Sure?\nb22 Yes", isFull: true });
  const done = got(await session.act("b22", { action: "press" }, looking("3", "2")));
  expect(done).toMatchObject({ isChanged: true, after: { window: "Draft", isFull: true } });
});

test("what is renamed, gone, or replaced is never acted on", async () => {
  const { session, show, looking, deeds } = await scriptedScreen({ windows: [mail(button("x", "Send"), button("y"))] });
  got(await session.read({}, looking("1")));
  await show({ windows: [mail(button("x", "Delete all"))] });
  expect(await session.act("b1", { action: "press" }, looking("2", "1"))).toMatchObject({ code: "stale" });
  expect(await session.act("b2", { action: "press" }, looking("3", "1"))).toMatchObject({ code: "gone" });
  expect(await deeds()).toEqual([]);
});

test("a name that nobody has seen is not acted on, although the session knows of it", async () => {
  const { session, show, looking, deeds } = await scriptedScreen({ windows: [mail(button("x", "Send"))] });
  got(await session.read({}, looking("1")));
  await show({ windows: [mail(button("x", "Delete all"))] });
  // This look is lost on its way: the looker still has the first one before it.
  got(await session.read({}, looking("lost", "1")));
  expect(await session.act("b1", { action: "press" }, looking("3", "1"))).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual([]);
  got(await session.read({}, looking("4", "1")));
  got(await session.act("b1", { action: "press" }, looking("5", "4")));
  expect(await deeds()).toEqual(['x {"action":"press"}']);
});

test("calls of one step act in their order, each on what was seen before all of them", async () => {
  const renamed = { windows: [mail(...FILLERS, button("one"), button("two", "Other"))] };
  const start = { windows: [mail(...FILLERS, button("one"), button("two"))], effects: { one: renamed } };
  const { session, looking, deeds } = await scriptedScreen(start);
  got(await session.read({}, looking("1")));
  const [first, second] = await Promise.all([
    session.act("b21", { action: "press" }, looking("2", "1")),
    session.act("b22", { action: "press" }, looking("3", "1")),
  ]);
  expect(got(first)).toMatchObject({ after: { text: "diff 1\nb22 Other" } });
  expect(second).toMatchObject({ code: "stale", message: expect.stringContaining("Other") as string });
  expect(await deeds()).toEqual(['one {"action":"press"}']);
});

test("after a restart of the process the same ids name other elements; references follow name and place", async () => {
  const { session, show, crash, looking, deeds } = await scriptedScreen({
    windows: [mail(...FILLERS, button("Send"), button("Delete"))],
  });
  got(await session.read({}, looking("1")));
  await crash();
  // The same number of elements, so that the id of Send is Delete's by now.
  await show({ windows: [mail(...FILLERS, button("Delete"), button("Send"))] });
  got(await session.act("b21", { action: "press" }, looking("2", "1")));
  expect(await deeds()).toEqual(['Send {"action":"press"}']);
  await crash();
  await show({ windows: [mail(...FILLERS, button("Delete"))] });
  expect(await session.act("b21", { action: "press" }, looking("3", "2"))).toMatchObject({ code: "gone" });
  await crash();
  await show({ windows: [notes(button("Send"))] });
  expect(await session.act("b22", { action: "press" }, looking("4", "2"))).toMatchObject({ code: "gone" });
  expect(await deeds()).toHaveLength(1);
});

test("two windows of one title are never taken for each other, also after a restart", async () => {
  const twin = (pid: number, key: string): ScriptedWindow => ({
    ...notes(button(key, "Save")),
    pid,
    title: "Untitled",
  });
  const { session, show, crash, looking, deeds } = await scriptedScreen({ windows: [twin(5, "A"), twin(6, "B")] });
  expect(got(await session.read({ app: 5 }, looking("1"))).text).toContain("b1 Save");
  expect(got(await session.read({ app: 6 }, looking("2", "1"))).text).toContain("b2 Save");
  got(await session.act("b1", { action: "press" }, looking("3", "2")));
  await crash();
  expect(await session.act("b1", { action: "press" }, looking("4", "3"))).toMatchObject({ code: "gone" });
  expect(await deeds()).toEqual(['A {"action":"press"}']);
  await show({ windows: [twin(6, "B"), twin(5, "A")] });
  expect(got(await session.read({ app: 6 }, looking("5", "3"))).text).toContain("b3 Save");
});

test("a program that falls silent over what is done, as over a dialog that it opens, is not taken for closed", async () => {
  const deaf = { windows: [{ ...mail(), isDeaf: true }] };
  const { session, looking } = await scriptedScreen({ windows: [mail(button("Save"))], effects: { Save: deaf } });
  got(await session.read({}, looking("1")));
  const deed = got(await session.act("b1", { action: "press" }, looking("2", "1")));
  expect(deed.after).toMatchObject({ code: "not-responding", message: "Mail does not answer by now." });
  const next = await session.act("b1", { action: "key", chord: "Escape" }, looking("3", "2"));
  expect(next).toMatchObject({ code: "not-responding" });
});

test("a process that ends in the middle of an action may have done it; nothing is repeated", async () => {
  const { session, looking, deeds } = await scriptedScreen({ windows: [mail(button("Send"))], deadly: "Send" });
  got(await session.read({}, looking("1")));
  const end = await session.act("b1", { action: "press" }, looking("2", "1"));
  expect(end).toMatchObject({ code: "crashed", message: expect.stringContaining("may have been done") as string });
  expect(await deeds()).toHaveLength(1);
  expect(got(await session.read({}, looking("3", "1"))).text).toContain("b1 Send");
});

test("the front window is never loopd's own, and another program than the decided one is not read", async () => {
  const own = { app: "Raycast", pid: 9, title: "Ask loopd", active: true, pieces: [button("Approve")] };
  const { session, looking } = await scriptedScreen({ windows: [mail(button("Send")), notes(button("Add")), own] });
  const signal = new AbortController().signal;
  expect(await session.choose({}, signal)).toEqual({ app: "Mail", window: "Draft" });
  const other = await session.read({}, looking("1", undefined, { only: "Notes" }));
  expect(other).toMatchObject({ code: "stale", message: expect.stringContaining("nothing was read") as string });
});

test("where several windows fit, they are named; a part of a name is enough where only one has it", async () => {
  const second = { ...notes(), title: "Recipes" };
  const { session } = await scriptedScreen({ windows: [notes(), second, mail()] });
  const choose = (choice: object) => session.choose(choice, new AbortController().signal);
  expect(await choose({ app: "notes" })).toMatchObject({
    code: "no-window",
    choices: ["Notes | List", "Notes | Recipes"],
  });
  expect(await choose({ app: "note", window: "recip" })).toEqual({ app: "Notes", window: "Recipes" });
  expect(await choose({ window: "draft" })).toEqual({ app: "Mail", window: "Draft" });
  expect(await choose({ app: "Safari" })).toMatchObject({ code: "no-app", choices: ["Notes", "Mail"] });
  expect(await choose({ app: "Notes", window: "Nothing" })).toMatchObject({ code: "no-window" });
  expect(await choose({ app: "2", window: "List" })).toEqual({ app: "Notes", window: "List" });
});

test("windows without a title stand back behind the one that has one; numbers only tell programs of one name apart", async () => {
  const unnamed = (key: string) => ({ ...notes(), title: "", key });
  const { session, show } = await scriptedScreen({ windows: [unnamed("a"), notes(), unnamed("b")] });
  const choose = () => session.choose({ app: "notes" }, new AbortController().signal);
  expect(await choose()).toEqual({ app: "Notes", window: "List" });
  await show({ windows: [unnamed("a"), notes(), unnamed("b"), { ...notes(), title: "Recipes" }] });
  expect(await choose()).toMatchObject({
    choices: ["Notes | (no title)", "Notes | List", "Notes | (no title)", "Notes | Recipes"],
  });
  await show({ windows: [notes(), { ...notes(), pid: 3 }] });
  expect(await choose()).toMatchObject({ choices: ["Notes | List (app: 2)", "Notes | List (app: 3)"] });
});

test("a long text is told in parts that fit, each line marked, and a secret field never", async () => {
  const long = field("é🎈b1 Send\n".repeat(2_000));
  const secret = { key: "pw", role: "password text", name: "Password", secure: true, states: ["editable"] };
  const { session, looking } = await scriptedScreen({ windows: [mail(long, secret)] });
  const { text } = got(await session.read({}, looking("1")));
  expect(text).toContain("t2 Password=(secret)");
  const first = got(await session.expand("t1", looking("2", "1", { budget: 200 })));
  expect(first.text).toMatch(/^t1 To: characters 0-\d+ of 22000; \d+ more: expand it from \d+\n> é🎈b1 Send\n> /);
  expect(Buffer.byteLength(first.text)).toBeLessThanOrEqual(700);
  expect(first.text.isWellFormed()).toBe(true);
  const from = Number(/expand it from (\d+)/.exec(first.text)?.[1]);
  const next = got(await session.expand("t1", looking("3", "2", { budget: 200 }), from));
  expect(next.text).toContain(`characters ${from}-`);
  expect(await session.expand("t2", looking("4", "3"))).toMatchObject({ code: "secure" });
  expect(session.find("t2")).toMatchObject({ isSecure: true });
  // The window is still before the looker, so what changes of it is told as a diff.
  expect(got(await session.read({}, looking("5", "3"))).text).toBe("diff 1: nothing changed");
});

test("a folded part is opened; folded itself it cannot be pressed", async () => {
  const many = Array.from({ length: 200 }, (_, at) => button(`Button number ${at}`));
  const { session, looking } = await scriptedScreen({ windows: [mail(...many)] });
  const { text } = got(await session.read({}, looking("1", undefined, { budget: 200 })));
  const ref = /^(i\d+)>.* hidden$/m.exec(text)?.[1] ?? "";
  expect(await session.act(ref, { action: "press" }, looking("2", "1"))).toMatchObject({ code: "unsupported" });
  const more = got(await session.expand(ref, looking("3", "1", { budget: 5_000 })));
  expect(more.text).toContain("Button number 199");
  const last = more.screen.controls.at(-1)?.ref ?? "";
  expect(session.find(last)).toMatchObject({ name: "Button number 199" });
});

test("keys are not sent to a secret field that has the keyboard by now", async () => {
  const at = (focus: string): Piece[] => [
    { key: "name", role: "entry", name: "Name", states: ["editable", ...(focus === "name" ? ["focused"] : [])] },
    {
      key: "pw",
      role: "password text",
      name: "PIN",
      secure: true,
      states: ["editable", ...(focus === "pw" ? ["focused"] : [])],
    },
    button("Go"),
  ];
  const { session, show, looking, deeds } = await scriptedScreen({ windows: [mail(...at("name"))] });
  got(await session.read({}, looking("1")));
  expect(session.find("b3")).toMatchObject({ hasSecureFocus: false });
  await show({ windows: [mail(...at("pw"))] });
  expect(await session.act("b3", { action: "key", chord: "a" }, looking("2", "1"))).toMatchObject({ code: "stale" });
  expect(await deeds()).toEqual([]);
  got(await session.read({}, looking("3", "1")));
  expect(session.find("b3")).toMatchObject({ hasSecureFocus: true });
  got(await session.act("b3", { action: "key", chord: "a" }, looking("4", "3")));
  expect(await deeds()).toHaveLength(1);
});

test("a capture that is not whole says so, within the budget", async () => {
  const { session, looking } = await scriptedScreen({ windows: [mail(...FILLERS)], cut: "time" });
  const { text } = got(await session.read({}, looking("1", undefined, { budget: 60 })));
  expect(text).toMatch(/hidden\n\(Not all of it was read/);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60 * 3.5);
});

test("a window that does not tell what it holds still takes keys and menus", async () => {
  const game = { app: "Game", pid: 4, title: "Level 1", active: true, isClosed: true, pieces: [] };
  const { session, looking, deeds } = await scriptedScreen({ windows: [game] });
  const sight = got(await session.read({}, looking("1")));
  expect(sight.text).toMatch(/^Game \| Level 1\ni1 the window itself: takes key and menu\n\(Game does not tell/);
  const deed = got(await session.act("i1", { action: "key", chord: "space" }, looking("2", "1")));
  expect(deed).toMatchObject({ acted: { outcome: "done" }, after: { code: "no-tree" } });
  expect(await deeds()).toEqual(['window 4 Level 1 {"action":"key","chord":"space"}']);
});
