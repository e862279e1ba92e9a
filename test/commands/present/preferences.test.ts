import { expect, test } from "vitest";
import { endpointProfileSchema, type EndpointRow } from "../../../src/protocol/config.ts";
import { preferredEndpoint, preferredProblem } from "../../../src/commands/present/preferences.ts";

const FULL = { endpointUrl: " http://127.0.0.1:8080 ", endpointDialect: "openai", endpointModel: "qwen3" };
const NOW = Date.parse("2026-11-21T12:00:00Z");

function row(capabilities: EndpointRow["capabilities"]): EndpointRow {
  const profile = endpointProfileSchema.parse({ dialect: "openai", url: "http://127.0.0.1:8080", model: "qwen3" });
  return {
    ...{ ...profile, name: "raycast", hasKey: false, isActive: true, headers: [], hasProxyLogin: false, counting: [] },
    ...{ usableWindow: { tokens: 4096, source: "assumed" }, capabilities },
  };
}

test("the pane has an endpoint once it has an address; trust is remote unless it is said to be local", () => {
  expect(preferredEndpoint({ endpointModel: "qwen3", endpointKey: "k" })).toEqual({ type: "none" });
  expect(preferredEndpoint({ ...FULL, endpointWindow: "32,768", endpointKey: " k " })).toEqual({
    ...{ type: "endpoint", key: "k" },
    profile: { url: "http://127.0.0.1:8080", dialect: "openai", model: "qwen3", window: 32_768, trust: "remote" },
  });
  expect(preferredEndpoint({ ...FULL, endpointDialect: "klingon", endpointTrust: "local" })).toMatchObject({
    ...{ key: undefined, profile: { dialect: "anthropic", trust: "local", window: undefined } },
  });
});

test("what cannot be is named by its field, and a key is never quoted", () => {
  const wrong = [
    [{ endpointUrl: "localhost:8080" }, /^Endpoint URL: “localhost:8080”/],
    [{ endpointUrl: "ftp://a" }, /^Endpoint URL: /],
    [{ endpointModel: " " }, /^Model: /],
    [{ endpointWindow: "8k" }, /^Context Window: /],
    [{ endpointWindow: "12" }, /^Context Window: .*at least 1,024/],
    [{ endpointWindow: "8,19,2" }, /^Context Window: /],
    [{ endpointKey: "two secrets" }, /^Key: (?!.*two)/],
  ] as const;
  for (const [change, words] of wrong) {
    expect(preferredEndpoint({ ...FULL, ...change })).toEqual({ type: "mistake", words: expect.stringMatching(words) });
  }
});

test("what the last look at the endpoint found is told with its age, or nothing where it found nothing wrong", () => {
  const at = "2026-11-21T11:55:00Z";
  expect(preferredProblem(FULL, row({}), NOW)).toBeUndefined();
  expect(preferredProblem(FULL, row({ dialect: { value: "openai", source: "x", at } }), NOW)).toBeUndefined();
  expect(preferredProblem(FULL, row({ dialect: { value: "anthropic", source: "x", at } }), NOW)).toMatch(
    /set to the dialect openai, but the server answers in anthropic/,
  );
  const away = { reachable: { value: false, source: "endpoint-unauthorized", at } };
  expect(preferredProblem(FULL, row(away), NOW)).toMatch(/5 min ago: at http:.*, the server refused the key\./);
  expect(preferredProblem({ ...FULL, endpointUrl: "x" }, row(away), NOW)).toMatch(/^The preferences are not right/);
});
