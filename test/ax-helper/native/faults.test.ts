import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { act, capture, named, nativeTest as test, screenOf } from "./native-test.ts";
import { World, type WorldApp } from "./world.ts";

test("a program that hangs costs one bounded call, and the others stay readable", async () => {
  const world = new World();
  const stuck = world.app("Stuck");
  const lively = world.app("Lively");
  const screen = await screenOf(world);
  await capture(screen, { pid: stuck.pid });
  await screen.control(`hang ${stuck.pid} 5000`, "reset");
  const answer = await screen.request({ do: "capture", pid: stuck.pid, callMs: 200 });
  expect(answer.error?.code).toBe("not-responding");
  expect((await screen.counters()).calls).toBe(1);
  expect((await capture(screen, { pid: lively.pid })).cut).toBe("none");
  expect((await screen.request({ do: "apps" })).ok?.["apps"]).toHaveLength(2);
  expect((await screen.request({ do: "windows", pid: stuck.pid, callMs: 200 })).error?.code).toBe("not-responding");
});

test("a program that hangs half-way ends the walk; what was read stays, the rest is counted", async () => {
  const world = new World();
  const { pid, window } = world.app("Slow");
  for (let index = 0; index < 400; index++) world.add(window, "AXButton", { AXTitle: `b${index}` });
  const screen = await screenOf(world);
  await screen.control(`hang-in ${pid} 100`, "reset");
  const seen = await capture(screen, { pid, callMs: 150, rows: 1000 });
  expect(seen.cut).toBe("not-responding");
  // The program's own call, 99 elements, and the one that was waited for.
  expect((await screen.counters()).calls).toBe(101);
  expect(seen.nodes).toHaveLength(99);
  expect(seen.unread).toEqual([[seen.window?.id, 303]]);
});

test("an element that cannot complete at once is only incomplete, and the walk goes on", async () => {
  const world = new World();
  const { window } = world.app("Patchy");
  const bad = world.add(window, "AXButton", { AXTitle: "bad" });
  const gone = world.add(window, "AXButton", { AXTitle: "gone" });
  world.add(window, "AXButton", { AXTitle: "good" });
  const screen = await screenOf(world);
  await screen.control(`call-error ${bad} -25204`, `call-error ${gone} -25202`);
  const seen = await capture(screen);
  expect(seen.cut).toBe("none");
  expect(seen.nodes.filter(({ role }) => role === "AXButton").map(({ title }) => title)).toEqual(["good"]);
});

test("without trust nothing is asked, and asking for it prompts once", async () => {
  const world = new World();
  const { pid } = world.app("App");
  const screen = await screenOf(world);
  await screen.control("trust 0", "reset");
  const requests = [
    { do: "capture" },
    { do: "windows", pid },
    { do: "hit", x: 1, y: 1 },
    { do: "frontmost" },
    { do: "act", action: "key", pid, chord: "a" },
  ];
  for (const request of requests) expect((await screen.request(request)).error?.code, request.do).toBe("no-trust");
  expect((await screen.counters()).calls).toBe(0);
  expect((await screen.request({ do: "trust" })).ok?.["trusted"]).toBe(false);
  expect((await screen.counters()).prompts).toBe(0);
  const asked = await screen.request({ do: "trust", prompt: true });
  expect(asked.ok?.["settings"]).toBe("x-apple.systempreferences:com.apple.preference.security?Privacy_Accessibility");
  expect((await screen.counters()).prompts).toBe(1);
  // Programs are listed without it.
  expect((await screen.request({ do: "apps" })).ok?.["apps"]).toHaveLength(1);
});

test("no program, no window, nobody in front: each has its own answer", async () => {
  const world = new World();
  const { app } = world.app("Bare");
  delete world.node(app).attributes["AXFocusedWindow"];
  world.node(app).attributes["AXWindows"] = { elements: [] };
  const screen = await screenOf(world);
  expect((await capture(screen)).window).toBeNull();
  expect((await screen.request({ do: "capture", pid: 99_999 })).error?.code).toBe("no-app");
  const named = await screen.request({ do: "capture", exclude: ["Bare"] });
  expect(named.error?.code).toBe("no-app");
  await screen.control(`call-error ${app} -25208`);
  expect((await screen.request({ do: "capture" })).error?.code).toBe("no-tree");
});

test("the program in front: by the keyboard, else by the windows, never an excluded one", async () => {
  const world = new World();
  const first = world.app("Raycast");
  const second = world.app("Notes");
  const screen = await screenOf(world);
  expect((await screen.request({ do: "frontmost" })).ok).toEqual({ pid: first.pid, name: "Raycast", source: "focus" });
  expect((await screen.request({ do: "frontmost", exclude: ["Raycast"] })).ok).toEqual({
    pid: second.pid,
    name: "Notes",
    source: "window-list",
  });
  await screen.control("frontmost -1");
  expect((await screen.request({ do: "frontmost" })).ok).toMatchObject({ pid: first.pid, source: "window-list" });
});

/** A program with a page that is empty until it is woken, in a bundle with the framework that gives it away. */
function sleeping(framework: string, options: Partial<WorldApp>) {
  const bundle = mkdtempSync(join(tmpdir(), "loopd-bundle-"));
  mkdirSync(join(bundle, "Contents", "Frameworks", framework), { recursive: true });
  const world = new World();
  const app = world.app("Pages", { path: `${bundle}/Contents/MacOS/Pages`, ...options });
  const page = world.add(app.window, "AXWebArea");
  world.add(page, "AXButton", { AXTitle: "Inside" }, { asleep: true });
  return { world, ...app, remove: () => rmSync(bundle, { recursive: true }) };
}

test("Electron is woken once, whatever it answers, and judged by its tree", async () => {
  const { world, remove } = sleeping("Electron Framework.framework", {
    wakesBy: "AXManualAccessibility",
    wakeAnswer: -25205,
    wakeMs: 120,
  });
  try {
    const screen = await screenOf(world);
    const seen = await capture(screen);
    expect(seen.app.toolkit).toBe("electron");
    expect(named(seen.nodes, "Inside").role).toBe("AXButton");
    expect(await screen.events()).toEqual([{ kind: "wake", on: true }]);
    named((await capture(screen)).nodes, "Inside");
    expect(await screen.events()).toEqual([]);
  } finally {
    remove();
  }
});

test("the Chrome family is woken only when its page is empty, and put back", async () => {
  const { world, remove } = sleeping("Google Chrome Framework.framework", {
    wakesBy: "AXEnhancedUserInterface",
    wakeMs: 60,
  });
  try {
    const screen = await screenOf(world);
    named((await capture(screen)).nodes, "Inside");
    expect(await screen.events()).toEqual([
      { kind: "wake", on: true },
      { kind: "wake", on: false },
    ]);
  } finally {
    remove();
  }
});

test("a page that stays empty is not woken again for a while, unless the program is another one", async () => {
  const { world, pid, remove } = sleeping("Electron Framework.framework", { wakesBy: "AXNothing", wakeMs: 60 });
  try {
    const screen = await screenOf(world);
    await screen.control("reset");
    await capture(screen);
    const woken = (await screen.counters()).calls;
    await screen.control("reset");
    await capture(screen);
    expect((await screen.counters()).calls).toBeLessThan(woken);
    await screen.control(`restart ${pid}`, "reset");
    await capture(screen);
    expect((await screen.counters()).calls).toBeGreaterThan(10);
  } finally {
    remove();
  }
});

test("an id from before is stale when its element was not seen again", async () => {
  const world = new World();
  const { window } = world.app("App");
  const button = world.add(window, "AXButton", { AXTitle: "OK" }, { actions: ["AXPress"] });
  const screen = await screenOf(world);
  const { id } = named((await capture(screen)).nodes, "OK");
  await screen.control(`dead ${button} 1`);
  expect(await act(screen, { action: "press", element: id })).toBe("gone");
  await capture(screen);
  expect(await act(screen, { action: "press", element: id })).toBe("stale");
  expect(await act(screen, { action: "press", element: 424242 })).toBe("stale");
});
