import { copyFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { world } from "../world.ts";

test("a look of which the model gets a part is none that a later one may build on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "loopd-windows-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const name = "win-Chromium_Big_table_Chromium.json.gz";
  copyFileSync(new URL(`../../fixtures/ax/${name}`, import.meta.url), join(folder, name));
  const { call } = await world({ screen: `fixture:${folder}` });
  const waited = await call("screen_wait", { text: "🎈".repeat(150), seconds: 0 }, { outputBytes: 1_400 });
  expect(waited).toHaveProperty("blob");
  expect(waited.sight).toMatchObject({ isAltered: true, lastRef: expect.any(Number) as number });
  expect((await call("screen_read", {}, { outputBytes: 1_400 })).sight?.isAltered).toBeUndefined();
});
