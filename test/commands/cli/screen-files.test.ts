import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RenderedScreen } from "../../../src/protocol/screen.ts";
import { realWindow, withNewIds } from "../../ax-helper/tree/windows.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-cli-")));
});
afterEach(() => cli.remove());

const capture = (name: string) => resolve(import.meta.dirname, `../../fixtures/ax/${name}.json.gz`);

/** A file with a value as JSON. */
function file(name: string, value: unknown): string {
  const path = join(cli.workspace, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

test("a captured window is shown as the model sees it, in words and as JSON", async () => {
  const words = await cli.run(["screen", "render", capture("win-galculator_galculator")]);
  expect(words).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^galculator \| galculator\nm1 File \| m2 Edit/),
  });
  const plain = file("plain.json", realWindow("win-galculator_galculator"));
  const shown = await cli.json<RenderedScreen>("screen", "render", plain);
  expect(Object.keys(shown)).toEqual(["text", "nodes", "controls", "hidden", "tokens"]);
  expect(`${shown.text}\n`).toBe(words.stdout);
  expect(shown).toMatchObject({ nodes: 80, hidden: 0, tokens: Math.ceil(Buffer.byteLength(shown.text) / 3.5) });
  expect(shown.controls).toContainEqual({ ref: "b15", role: "toggle button", name: "7" });
});

test("a budget is kept; one that nothing fits in is refused", async () => {
  const window = capture("win-Chromium_Inbox_Webmail_Chromium");
  const shown = await cli.json<RenderedScreen>("screen", "render", window, "--budget", "100");
  expect(shown.tokens).toBeLessThanOrEqual(100);
  expect(shown.hidden).toBeGreaterThan(60);
  expect((await cli.run(["screen", "render", window, "--budget", "19"])).exitCode).toBe(2);
});

test("two captures are told as what changed", async () => {
  const steps = ["step-chromium-form@1", "step-chromium-form@2"].map(capture);
  expect((await cli.run(["screen", "diff", ...steps])).stdout).toBe("diff 1\nt13 Full name=Lovelace\n");
  const told = await cli.json<RenderedScreen & { diff: string; full: boolean }>("screen", "diff", ...steps);
  expect(Object.keys(told)).toEqual(["text", "nodes", "controls", "hidden", "tokens", "diff", "full"]);
  expect(told).toMatchObject({ diff: "diff 1\nt13 Full name=Lovelace", full: false });
  const [before = ""] = steps;
  const sameWithNewIds = file("new-ids.json", withNewIds(realWindow("step-chromium-form@1")));
  expect(await cli.json("screen", "diff", before, sameWithNewIds)).toMatchObject({
    diff: "diff 1: nothing changed",
    full: false,
  });
  const other = await cli.run(["screen", "diff", before, capture("win-galculator_galculator")]);
  expect(other.stdout).toMatch(/^galculator \| galculator\n/);
});

test("a file that is no capture is refused with the reason", async () => {
  const refused = async (...words: string[]) => {
    const { exitCode, stderr } = await cli.run(["screen", "render", ...words]);
    expect(exitCode).toBe(2);
    return stderr;
  };
  expect(await refused(join(cli.workspace, "missing.json"))).toContain("could not be read (ENOENT)");
  expect(await refused(file("list.json", []))).toContain("This is no capture of a window");
  expect(await refused(file("node.json", { app: "a", window: "w", tree: { name: 3 } }))).toContain(
    "element 0 of the tree",
  );
  const broken = join(cli.workspace, "broken.json");
  writeFileSync(broken, '{"app": ');
  expect(await refused(broken)).toContain("it is not JSON");
  writeFileSync(broken, gzipSync("x").subarray(0, 12));
  expect(await refused(broken)).toContain("it is damaged");
});
