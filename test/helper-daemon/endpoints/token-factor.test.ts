import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openCapabilities } from "../../../helper-daemon/endpoints/capabilities.ts";
import { errorOf, factorOf, RATIOS_KEPT, withRatio } from "../../../helper-daemon/endpoints/token-factor.ts";
import { learningFromReplies } from "../../../helper-daemon/endpoints/learn-from-replies.ts";
import { estimateTokens } from "../../../src/agent/context/estimate-tokens.ts";
import { requestBytes } from "../../../src/agent/context/render.ts";
import type { ModelRequest } from "../../../src/agent/ports.ts";
import { profileFor, question } from "./ask-endpoint.ts";

/** Ratios after so many requests of 7,000 bytes for which so many tokens were reported. */
const after = (...reports: number[]) =>
  reports.reduce<number[]>((ratios, tokens) => withRatio(ratios, 7_000, tokens), []);

test("without experience a token is 3.5 bytes; with some, what the model's server counts", () => {
  expect(estimateTokens(7_000, factorOf([]))).toBe(2_000);
  expect(estimateTokens(1, 1)).toBe(1);
  const ratios = after(2_400, 2_420, 2_380, 2_410);
  expect(estimateTokens(7_000, factorOf(ratios))).toBeGreaterThanOrEqual(2_400);
  expect(estimateTokens(7_000, factorOf(ratios))).toBeLessThanOrEqual(2_421);
  expect(errorOf(ratios)).toBeLessThan(0.01);
  expect(errorOf([])).toBe(0);
});

test("counts that cannot be true teach nothing", () => {
  for (const tokens of [0, -5, 1, 1.5, Number.NaN, Infinity, 2 ** 60, 50_000]) expect(after(tokens)).toEqual([]);
  expect(withRatio([], 100, 300)).toEqual([]);
});

test("a lying server moves the factor within bounds only; one wild count moves it not at all", () => {
  const most = factorOf(after(...Array.from({ length: 40 }, () => 6_900)));
  const least = factorOf(after(...Array.from({ length: 40 }, () => 400)));
  expect(most).toBeLessThanOrEqual(1.75);
  expect(least).toBeGreaterThanOrEqual(0.35);
  const steady = after(...Array.from({ length: 9 }, () => 2_000));
  expect(factorOf(withRatio(steady, 7_000, 6_000))).toBe(1);
  expect(after(...Array.from({ length: 99 }, () => 2_000))).toHaveLength(RATIOS_KEPT);
});

test("a server that begins to drop messages does not teach loopd to underestimate", () => {
  const dropping = after(2_000, 2_010, 1_990, ...Array.from({ length: 50 }, () => 900));
  expect(factorOf(dropping)).toBeCloseTo(1, 1);
});

function freshHome(): string {
  const home = mkdtempSync(join(tmpdir(), "loopd-factor-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

test("what was learnt survives a restart, by endpoint and model, and goes with the endpoint", async () => {
  const home = freshHome();
  const file = join(home, "capabilities.json");
  const capabilities = openCapabilities(home);
  for (const tokens of [2_400, 2_400, 2_400]) capabilities.learn("x", "m", 7_000, tokens);
  capabilities.learn("__proto__", "constructor", 7_000, 2_400);
  await vi.waitFor(() => expect(readFileSync(file, "utf8")).toContain("1.2"), 20_000);
  await vi.waitFor(() => expect(openCapabilities(home).counting("x")[0]?.requests).toBe(3), 20_000);
  const again = openCapabilities(home);
  expect(again.counting("x")).toMatchObject([{ model: "m", factor: expect.closeTo(1.2) as number }]);
  expect(again.counting("toString")).toEqual([]);
  again.forget("x");
  expect(openCapabilities(home).counting("x")).toEqual([]);
});

test("a broken file counts as empty, and a profile that moved knows nothing", () => {
  const home = freshHome();
  writeFileSync(join(home, "capabilities.json"), '{"endpoints": 5');
  const capabilities = openCapabilities(home);
  const profile = profileFor("http://127.0.0.1:1");
  const found = { loadedWindow: { value: 8_192, source: "/props", at: "2026-11-21T10:00:00Z" } };
  expect(capabilities.of("x", profile)).toEqual({});
  capabilities.keep("x", profile, found);
  expect(openCapabilities(home).of("x", profile)).toEqual(found);
  expect(capabilities.of("x", { ...profile, model: "other" })).toEqual({});
  expect(capabilities.of("x", { ...profile, url: "http://127.0.0.1:2" })).toEqual({});
});

test("what is seen of a window counts also where it cannot be kept on disk", () => {
  const home = freshHome();
  mkdirSync(join(home, "capabilities.json"));
  const capabilities = openCapabilities(home);
  const profile = profileFor("http://127.0.0.1:1");
  const found = { observedWindow: { value: 8_192, source: "its error", at: "2026-11-21T10:00:00Z" } };
  expect(() => capabilities.note("x", profile, found)).not.toThrow();
  expect(capabilities.of("x", profile)).toEqual(found);
});

test("requests teach; images and the rehearsal model do not, and what unsaved endpoints teach leaves no file", async () => {
  const home = freshHome();
  const capabilities = openCapabilities(home);
  const long: ModelRequest = { ...question, system: "x".repeat(2_000) };
  const tokens = Math.round(requestBytes(long) / 3.5);
  const model = learningFromReplies(
    () =>
      Promise.resolve({
        type: "responded",
        content: [],
        stopReason: "end_turn",
        usage: { inputTokens: tokens, outputTokens: 1 },
      }),
    { capabilities, profileOf: () => profileFor("http://127.0.0.1:1"), looks: { answered: () => {} } },
  );
  const ask = (changes: Partial<ModelRequest>) =>
    model({ ...long, ...changes }, new AbortController().signal, () => {});
  const image = { type: "image" as const, mediaType: "image/png", blob: "b" };
  await ask({ messages: [{ role: "user", content: [image] }] });
  await ask({ endpoint: "rehearsal" });
  await ask({ endpoint: "unsaved-12345678" });
  expect(["x", "rehearsal"].flatMap((name) => capabilities.counting(name))).toEqual([]);
  expect(capabilities.counting("unsaved-12345678")).toMatchObject([{ model: "m", requests: 1 }]);
  expect(existsSync(join(home, "capabilities.json"))).toBe(false);
  await ask({});
  expect(capabilities.counting("x")).toMatchObject([{ model: "m", requests: 1 }]);
  await vi.waitFor(() => expect(existsSync(join(home, "capabilities.json"))).toBe(true), 20_000);
  expect(readFileSync(join(home, "capabilities.json"), "utf8")).not.toContain("unsaved");
});
