import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { inflateSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { openScreens } from "../../../src/ax-helper/screens.ts";
import { world } from "../../tools/world.ts";
import { isSkipped, openDesktop } from "./open-desktop.ts";

/** Bytes of the rows of a PNG. */
function pixelsOf(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return inflateSync(Buffer.concat(parts));
}

test.skipIf(isSkipped("maim", "galculator", "mousepad"))(
  "a real window is taken where it is, once it is in front",
  async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    const { tree } = await desktop.read("galculator");
    await desktop.open("mousepad");
    await desktop.read("mousepad");
    const made = await world();
    const screens = openScreens({ platform: "linux", architecture: process.arch, environment: desktop.environment });
    onTestFinished(() => screens.screen.close());
    made.place.screen = screens.of("test");
    made.place.environment = desktop.environment;
    const take = (input: object) => made.call("screenshot", { app: "galculator", ...input }, { takesImages: true });

    desktop.give("Mousepad");
    await desktop.read("mousepad", ({ active }) => active);
    const before = desktop.focused();
    expect((await take({})).text).toContain("galculator is not in front");
    desktop.give("galculator");
    await desktop.read("galculator", ({ active }) => active);
    expect(desktop.focused()).not.toBe(before);
    const front = desktop.focused();
    const outcome = await take({});
    const [, , width = 0, height = 0] = tree.rect ?? [];
    expect(outcome.text).toContain(
      `${width} × ${height} pixels show points 0,0 to ${width},${height} of the window: 1 pixels`,
    );
    const [image] = outcome.content ?? [];
    const picture = await made.blob(image !== undefined && "blob" in image ? image.blob : undefined);
    // Buttons and letters, no bare background.
    expect(new Set(pixelsOf(picture)).size).toBeGreaterThan(20);
    const part = await take({ region: [0, 0, 50, 20] });
    expect(part.text).toContain("50 × 20 pixels show points 0,0 to 50,20");
    expect(desktop.focused()).toBe(front);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("loopd-picture-"))).toEqual([]);
  },
);
