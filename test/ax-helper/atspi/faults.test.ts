import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createScreenClient } from "../../../src/ax-helper/client.ts";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { screenAnswers } from "../../../src/ax-helper/requests.ts";
import { screenProgram } from "../../../src/ax-helper/screen-program.ts";
import { isSkipped, openDesktop } from "./open-desktop.ts";

describe.skipIf(isSkipped("galculator", "mousepad", "zenity", "chromium"))("faults of real programs", () => {
  test("looking at a program neither raises it nor gives it the keyboard", async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    const mousepad = await desktop.open("mousepad");
    await desktop.read("galculator");
    await desktop.read("mousepad");
    desktop.give("Mousepad");
    await desktop.read("mousepad", ({ active }) => active);
    const before = desktop.focused();
    const screen = await desktop.read("galculator");
    expect(screen.active).toBe(false);
    await desktop.ask({ do: "hit", window: screen.windowId, x: 100, y: 100 });
    await desktop.ask({ do: "check", element: screen.find(/button/, "7").id });
    expect(desktop.focused()).toBe(before);
    // The one with the keyboard is what is meant when none is named.
    expect(await desktop.ask({ do: "capture" })).toMatchObject({ app: "mousepad", active: true });
    // Neither do keys go to a window that does not have it.
    const keys = await desktop.act(screen.tree, { action: "key", chord: "ctrl+q" });
    expect(keys).toMatchObject({ code: "not-focused" });
    const clicked = await desktop.act(screen.find(/button/, "7"), { action: "click" });
    expect(clicked).toMatchObject({ code: "not-focused" });
    const editor = (await desktop.read("mousepad")).tree;
    expect(await desktop.act(editor, { action: "key", chord: "ctrl+q" })).toMatchObject({ by: "input" });
    await mousepad.ended;
  });

  test("a stopped program costs one bounded call; the others are listed, read and operated", async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    await desktop.read("galculator");
    const stopped = await desktop.open("zenity", "--info", "--text=stopped");
    const screen = await desktop.read("zenity");
    stopped.signal("SIGSTOP");
    const limits = { callMs: 1_000 };
    const listed = screenAnswers.apps.parse(await desktop.ask({ do: "apps", limits }));
    expect(listed.apps).toContainEqual(expect.objectContaining({ name: "zenity", responding: false }));
    expect(listed.apps).toContainEqual(expect.objectContaining({ name: "galculator", responding: true }));
    for (const request of [{ app: "zenity" }, { window: screen.windowId }, { app: stopped.pid }])
      expect(await desktop.ask({ do: "capture", limits, ...request })).toMatchObject({ code: "not-responding" });
    const button = screen.find("push button");
    const expected = { role: button.role, name: button.name ?? "" };
    const act = { do: "act", element: button.id, expected, act: { action: "press" }, limits } as const;
    expect(await desktop.ask(act)).toMatchObject({ code: "not-responding" });
    const other = await desktop.read("galculator");
    expect(await desktop.act(other.find(/button/, "7"), { action: "press" })).toMatchObject({ outcome: "done" });
    expect(desktop.client.health()).toMatchObject({ state: "running", starts: 1 });
    stopped.signal("SIGCONT");
    expect((await desktop.read("zenity")).windowId).toBe(screen.windowId);
  });

  test("a window that closed between reading and acting is gone, and so is its program", async () => {
    const desktop = await openDesktop();
    const zenity = await desktop.open("zenity", "--question", "--text=two buttons");
    const screen = await desktop.read("zenity", ({ all }) =>
      all.some(({ text, name }) => `${text} ${name}`.includes("two buttons")),
    );
    const [yes, no] = screen.all.filter(({ role }) => role === "push button");
    if (yes === undefined || no === undefined) throw new Error("no two buttons");
    expect(await desktop.act(yes, { action: "press" })).toMatchObject({ by: "accessibility" });
    await zenity.ended;
    expect(await desktop.act(no, { action: "press" })).toMatchObject({ code: "gone" });
    expect(await desktop.ask({ do: "capture", window: screen.windowId })).toMatchObject({ code: "gone" });
    expect(await desktop.ask({ do: "capture", app: "zenity" })).toMatchObject({ code: "no-app" });
  });

  test("what is not what was read is stale, and nothing is done to it", async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    const screen = await desktop.read("galculator", ({ all }) => all.some(({ role }) => role === "text"));
    const seven = screen.find(/button/, "7");
    const shown = screen.all.find(({ text }) => text !== undefined)?.text;
    expect(await desktop.act({ ...seven, name: "8" }, { action: "press" })).toMatchObject({ code: "stale" });
    expect(await desktop.act({ ...seven, role: "link" }, { action: "press" })).toMatchObject({ code: "stale" });
    const again = await desktop.read("galculator");
    expect(again.all.find(({ text }) => text !== undefined)?.text).toBe(shown);
    for (const id of ["b15", ":1.1", ":1.1/../x", "org.a11y.atspi.Registry/org/a11y"])
      expect(await desktop.act({ ...seven, id }, { action: "press" })).toMatchObject({ code: "invalid" });
    const dead = { ...seven, id: `${seven.id.split("/")[0]}/org/a11y/atspi/accessible/999999` };
    expect(await desktop.act(dead, { action: "press" })).toMatchObject({ code: "gone" });
  });

  test("a program that is killed while it is read is a clear answer every time", async () => {
    const desktop = await openDesktop();
    const seen = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const victim = await desktop.open("mousepad");
      await desktop.read("mousepad");
      const reading = desktop.ask({ do: "capture", app: "mousepad" });
      setTimeout(() => victim.signal("SIGKILL"), round * 8);
      const answer = await reading;
      seen.add(answer instanceof Problem ? answer.code : "captured");
      await victim.ended;
      expect(desktop.client.health()).toMatchObject({ state: "running", starts: 1 });
    }
    for (const code of seen) expect(["captured", "gone", "no-app", "no-window"]).toContain(code);
  });

  test("a browser that another window covers is used, and says that it tells of it only once it is on view", async () => {
    const desktop = await openDesktop();
    const page = join(desktop.folder, "count.html");
    await writeFile(
      page,
      `<title>Count</title><button onclick="this.textContent='Pressed '+ ++n;document.title='Title '+n">Press</button><script>n=0</script>`,
    );
    await desktop.browse(page);
    const screen = await desktop.read("Chromium", ({ all }) => all.some(({ name }) => name === "Press"));
    await desktop.open("galculator");
    await desktop.read("galculator");
    desktop.give("galculator");
    desktop.cover("galculator");
    await desktop.read("galculator", ({ active, tree }) => active && tree.rect?.[2] === 1_440);
    const before = desktop.focused();
    const pressed = await desktop.act(screen.find("push button", "Press"), { action: "press" });
    expect(pressed).toMatchObject({ outcome: "done", note: expect.stringContaining("covered") });
    // A click would meet the other window.
    const clicked = await desktop.act(screen.find("push button", "Press"), { action: "click" });
    expect(clicked).toMatchObject({ code: "not-focused" });
    // Its title is told by another part of the browser than its page.
    const covered = await desktop.read("Chromium", ({ window }) => window.startsWith("Title 1"));
    expect(covered.active).toBe(false);
    desktop.cover("Title 1");
    await desktop.read("Chromium", ({ all }) => all.some(({ name }) => name === "Pressed 1"));
    expect(desktop.focused()).toBe(before);
  });

  test("without a bus, or with one that nobody serves, it says what is needed", async () => {
    for (const extra of [
      {},
      { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus" },
      { AT_SPI_BUS_ADDRESS: "nonsense:" },
    ]) {
      const environment = { PATH: process.env["PATH"], ...extra };
      const program = screenProgram({ platform: "linux", architecture: "x64", environment });
      const client = createScreenClient({ program, idleMs: 60_000, now: () => performance.now() });
      const answer = await client.ask({ do: "apps" }, { limitMs: 60_000 });
      expect(answer).toMatchObject({ code: "no-bus", message: expect.stringContaining("at-spi2-core") });
      expect(client.health().state).toBe("running");
      const trust = await client.ask({ do: "trust", ask: false } as { do: string }, { limitMs: 60_000 });
      expect(trust).toMatchObject({ answer: { trusted: false } });
      await client.close();
    }
  });
});
