import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScreenClient } from "../../../src/ax-helper/client.ts";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { screenAnswers } from "../../../src/ax-helper/requests.ts";
import { screenProgram } from "../../../src/ax-helper/screen-program.ts";
import { type Desktop, isSkipped, startDesktop } from "./desktop.ts";

describe.skipIf(isSkipped("galculator", "mousepad", "zenity"))("faults of real programs", () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await startDesktop();
  });
  afterAll(() => desktop.close());
  const focused = () => spawnSync("xdotool", ["getwindowfocus"], { env: desktop.environment }).stdout.toString();
  const ended = (child: { once(event: "close", heard: () => void): unknown }) =>
    new Promise<void>((resolve) => child.once("close", resolve));

  test("looking at a program neither raises it nor gives it the keyboard", async () => {
    desktop.open("galculator");
    const mousepad = desktop.open("mousepad");
    await desktop.read("galculator");
    await desktop.read("mousepad");
    desktop.give("Mousepad");
    await desktop.read("mousepad", ({ active }) => active);
    const before = focused();
    const screen = await desktop.read("galculator");
    expect(screen.active).toBe(false);
    await desktop.ask({ do: "hit", window: screen.windowId, x: 100, y: 100 });
    await desktop.ask({ do: "check", element: screen.find(/button/, "7").id });
    expect(focused()).toBe(before);
    // The one with the keyboard is what is meant when none is named.
    expect(await desktop.ask({ do: "capture" })).toMatchObject({ app: "mousepad", active: true });
    // Neither do keys go to a window that does not have it.
    const keys = await desktop.act(screen.tree, { action: "key", chord: "ctrl+q" });
    expect(keys).toMatchObject({ code: "not-focused" });
    const clicked = await desktop.act(screen.find(/button/, "7"), { action: "click" });
    expect(clicked).toMatchObject({ code: "not-focused" });
    const gone = ended(mousepad);
    const editor = (await desktop.read("mousepad")).tree;
    expect(await desktop.act(editor, { action: "key", chord: "ctrl+q" })).toMatchObject({ by: "input" });
    await gone;
  });

  test("a stopped program costs one bounded call; the others are listed, read and operated", async () => {
    const stopped = desktop.open("zenity", "--info", "--text=stopped");
    const screen = await desktop.read("zenity");
    stopped.kill("SIGSTOP");
    try {
      const limits = { callMs: 1_000 };
      const listed = screenAnswers.apps.parse(await desktop.ask({ do: "apps", limits }));
      expect(listed.apps).toContainEqual(expect.objectContaining({ name: "zenity", responding: false }));
      expect(listed.apps).toContainEqual(expect.objectContaining({ name: "galculator", responding: true }));
      for (const request of [{ app: "zenity" }, { window: screen.windowId }, { app: stopped.pid ?? 0 }])
        expect(await desktop.ask({ do: "capture", limits, ...request })).toMatchObject({ code: "not-responding" });
      const button = screen.find("push button");
      const expected = { role: button.role, name: button.name ?? "" };
      const act = { do: "act", element: button.id, expected, act: { action: "press" }, limits } as const;
      expect(await desktop.ask(act)).toMatchObject({ code: "not-responding" });
      const other = await desktop.read("galculator");
      expect(await desktop.act(other.find(/button/, "7"), { action: "press" })).toMatchObject({ outcome: "done" });
      expect(desktop.client.health()).toMatchObject({ state: "running", starts: 1 });
    } finally {
      stopped.kill("SIGCONT");
    }
    expect((await desktop.read("zenity")).windowId).toBe(screen.windowId);
    stopped.kill("SIGKILL");
  });

  test("a window that closed between reading and acting is gone, and so is its program", async () => {
    const zenity = desktop.open("zenity", "--question", "--text=two buttons");
    const screen = await desktop.read("zenity", ({ all }) =>
      all.some(({ text, name }) => `${text} ${name}`.includes("two buttons")),
    );
    const [yes, no] = screen.all.filter(({ role }) => role === "push button");
    if (yes === undefined || no === undefined) throw new Error("no two buttons");
    const over = ended(zenity);
    expect(await desktop.act(yes, { action: "press" })).toMatchObject({ by: "accessibility" });
    await over;
    expect(await desktop.act(no, { action: "press" })).toMatchObject({ code: "gone" });
    expect(await desktop.ask({ do: "capture", window: screen.windowId })).toMatchObject({ code: "gone" });
    expect(await desktop.ask({ do: "capture", app: "zenity" })).toMatchObject({ code: "no-app" });
  });

  test("what is not what was read is stale, and nothing is done to it", async () => {
    const screen = await desktop.read("galculator");
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
    const seen = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const victim = desktop.open("mousepad");
      await desktop.read("mousepad");
      const reading = desktop.ask({ do: "capture", app: "mousepad" });
      const over = ended(victim);
      setTimeout(() => victim.kill("SIGKILL"), round * 8);
      const answer = await reading;
      seen.add(answer instanceof Problem ? answer.code : "captured");
      await over;
      expect(desktop.client.health()).toMatchObject({ state: "running", starts: 1 });
    }
    for (const code of seen) expect(["captured", "gone", "no-app", "no-window"]).toContain(code);
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
