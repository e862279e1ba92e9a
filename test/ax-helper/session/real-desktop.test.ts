import { describe, expect, onTestFinished, test } from "vitest";
import { Problem } from "../../../src/ax-helper/problem.ts";
import { openScreen } from "../../../src/ax-helper/screen.ts";
import { createSessionScreen } from "../../../src/ax-helper/create-session-screen.ts";
import type { Looking } from "../../../src/ax-helper/session-screen.ts";
import { isSkipped, openDesktop } from "../atspi/open-desktop.ts";

const looking = (lookId: string, before?: string): Looking => ({
  signal: new AbortController().signal,
  lookId,
  lastRef: 0,
  budget: 1_500,
  ...(before === undefined ? {} : { before }),
});

function got<Value extends object>(value: Value | Problem): Value {
  if (value instanceof Problem) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

describe.skipIf(isSkipped("galculator", "mousepad"))("a session on a real desktop", () => {
  test("a sum is computed by references, its result awaited and typed into another program", async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    await desktop.open("mousepad");
    await desktop.read("galculator");
    await desktop.read("mousepad");
    const screen = openScreen({ platform: "linux", architecture: "x64", environment: desktop.environment });
    onTestFinished(() => screen.close());
    const session = createSessionScreen(screen);
    const sight = got(await session.read({ app: "galculator" }, looking("0")));
    const refOf = (name: string) => sight.screen.controls.find((one) => one.name === name)?.ref ?? "none";
    const editor = got(await session.read({ app: "Mousepad" }, looking("1", "0")));
    const area = editor.screen.controls.find(({ ref }) => ref.startsWith("t"))?.ref ?? "none";

    // References of the first window hold while the second was read last.
    const waiting = session.wait({ app: "galculator" }, { text: "42", isGone: false, limitMs: 60_000 }, looking("w"));
    for (const [at, key] of ["7", "*", "6", "="].entries()) {
      const deed = got(await session.act(refOf(key), { action: "press" }, looking(`press ${at}`)));
      expect(deed).toMatchObject({ target: { app: "galculator", name: key }, acted: { outcome: "done" } });
    }
    expect(got(await waiting)).toMatchObject({ isMet: true, sight: { app: "galculator" } });

    const typed = got(await session.act(area, { action: "type", text: "42" }, looking("type")));
    expect(typed).toMatchObject({ target: { app: "mousepad" }, acted: { verified: true }, isChanged: true });
    expect(got(await session.expand(area, looking("all", "type"))).text).toMatch(/characters 0-2 of 2\n> 42$/);
    const again = got(await session.act(area, { action: "type", text: "!" }, looking("more", "all")));
    expect(again.after).toMatchObject({ isFull: false, text: expect.stringContaining("42!") as string });
  });
});
