import { expect, test } from "vitest";
import { endpointLine, forgottenWords, windowCell } from "../../../src/commands/present/endpoint.ts";
import { type EndpointRow, endpointProfileSchema } from "../../../src/protocol/config.ts";
import type { UsableWindow } from "../../../src/protocol/endpoint-profile.ts";

function row(name: string, usableWindow: UsableWindow, window?: number): EndpointRow {
  const place = { dialect: "anthropic", url: "http://127.0.0.1:8080", model: "m", trust: "local", window };
  const known = { hasKey: false, isActive: false, headers: [], hasProxyLogin: false, capabilities: {}, counting: [] };
  return { ...endpointProfileSchema.parse(place), name, usableWindow, ...known };
}

test.each([
  [row("x", { tokens: 4_096, source: "assumed" }), "4096?", "4096 tokens (assumed)"],
  [row("x", { tokens: 8_192, source: "declared" }, 8_192), "8192", "· 8192 tokens ·"],
  [row("x", { tokens: 8_192, source: "loaded" }, 262_144), "8192", "8192 tokens (loaded, not the 262144 declared)"],
  [row("rehearsal", { tokens: 4_096, source: "assumed" }), "none", "no window"],
])("a window is shown with who says so, and none where there is none: %#", (endpoint, cell, words) => {
  expect(windowCell(endpoint)).toBe(cell);
  expect(endpointLine(endpoint)).toContain(words);
});

test("secrets that went with an address are named, with how to give them again", () => {
  const before = { ...row("x", { tokens: 4_096, source: "assumed" }), hasKey: true, headers: ["x-team"] };
  const moved = { ...before, url: "http://127.0.0.1:9090", hasKey: false, headers: [] };
  expect(forgottenWords(before, moved)).toBe(
    "Its key and headers were for the old address and are forgotten. Give them again: loopd endpoints set x --key-stdin --header NAME=value",
  );
  expect(forgottenWords(before, { ...moved, hasKey: true, headers: ["x-team"] })).toBeUndefined();
  expect(forgottenWords(before, { ...before, hasKey: false })).toBeUndefined();
});
