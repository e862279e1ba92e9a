import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import { replay, type ReplayPoint, type ReplaySettings } from "../../src/agent/replay.ts";
import { type Config, parseConfig } from "../../src/protocol/config.ts";
import { type Entry, entrySchema } from "../../src/protocol/entries.ts";
import { createCatalogue } from "../../src/tools/catalogue.ts";
import { RECIPES } from "../fakes/golden/recipes.ts";
import { foreignWords, PERSON } from "../fakes/golden/scrub.ts";

const FOLDER = resolve(import.meta.dirname, "../fixtures/traces");
const MOST_BYTES = 200_000;

interface Golden {
  name: string;
  entries: Entry[];
  config: Config;
  text: string;
}

const goldens = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".jsonl"))
  .map((file): Golden => {
    const name = file.replace(/\.jsonl$/, "");
    const text = readFileSync(join(FOLDER, file), "utf8");
    const config = parseConfig(readFileSync(join(FOLDER, `${name}.config.json`), "utf8"), `${name}.config.json`);
    const entries = text
      .trimEnd()
      .split("\n")
      .map((line) => entrySchema.parse(JSON.parse(line)));
    return { name, entries, config, text };
  });

/** With today's tools, so that names and arguments are parsed again too. */
function settingsOf({ config }: Golden, rules: Config["rules"] = []): ReplaySettings {
  const { hooks, limits } = config;
  const { book } = createCatalogue({ limits: () => limits });
  return { rules: standingRules([...rules, ...config.rules], PERSON), hooks, limits, tools: book };
}

function differing(golden: Golden, rules?: Config["rules"]): ReplayPoint[] {
  return replay(golden.entries, settingsOf(golden, rules)).points.filter(({ result }) => result === "differs");
}

test.each(goldens)("$name: today's loop and policy decide what was decided", (golden) => {
  const { points } = replay(golden.entries, settingsOf(golden));
  expect(points.filter(({ result }) => result === "differs")).toEqual([]);
  expect(points.length).toBeGreaterThan(2);
});

test.each(RECIPES)("$name is a trace of what it says: $shows", ({ name, holds }) => {
  const entries = goldens
    .filter((one) => one.name === name || one.name.startsWith(`${name}-`))
    .flatMap((one) => one.entries);
  for (const [kind, isIt] of Object.entries(holds)) {
    const found = entries.some((entry) => entry.kind === kind && (isIt as (data: unknown) => boolean)(entry.data));
    expect([kind, found]).toEqual([kind, true]);
  }
});

test.each(goldens)("$name is small, and names nothing of the machine that it was made on", ({ text, entries }) => {
  expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES);
  expect(foreignWords().exec(text)).toBeNull();
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  for (const { at } of entries) expect(at.startsWith("2026-01-01T00:0")).toBe(true);
});

describe("one rule more makes exactly the traces differ that it is about, and names the calls", () => {
  const cases: [string, Config["rules"][number], (entry: Entry) => boolean][] = [
    [
      "listing folders asks",
      { id: "ask-to-list", when: { tool: "files_list" }, decision: "requiresApproval" },
      (entry) => entry.kind === "tool.requested" && entry.data.name === "files_list",
    ],
    [
      "no commands",
      { id: "no-commands", when: { effect: "exec" }, decision: "deny" },
      (entry) => entry.kind === "tool.requested" && entry.data.effect === "exec",
    ],
    [
      "nothing for routines",
      { id: "no-routines", when: { origin: "routine" }, decision: "deny" },
      (entry) => entry.kind === "turn.started" && entry.data.origin === "routine",
    ],
    ["a rule about nothing", { id: "nothing", when: { tool: "no_such_tool" }, decision: "deny" }, () => false],
  ];
  test.each(cases)("%s", (_, rule, isAbout) => {
    for (const golden of goldens) {
      const differences = differing(golden, [rule]);
      const named = differences.filter((point) => point.result === "differs" && point.rules?.is === rule.id);
      // Traces that it is not about are the same to the last decision.
      if (!golden.entries.some(isAbout)) expect([golden.name, differences]).toEqual([golden.name, []]);
      // Where the turn itself denies before it, or the call never got as far as policy, nothing is otherwise.
      const decided = golden.entries.flatMap((entry) =>
        entry.kind === "tool.decided" &&
        golden.entries.some((one) => isAboutCall(one, entry.data.callId) && isAbout(one))
          ? [entry.data]
          : [],
      );
      const wanted = decided.filter(
        ({ ruleId }) => !ruleId.startsWith("turn-replay") && !ruleId.startsWith("turn-tools"),
      );
      if (rule.id !== "no-routines" && rule.decision === "deny")
        expect([golden.name, named.map(({ callId }) => callId)]).toEqual([
          golden.name,
          wanted.map(({ callId }) => callId),
        ]);
      for (const point of named)
        expect(point).toMatchObject({ kind: "tool.decided", tool: expect.any(String) as string });
    }
  });

  test("a rule that asks is named with the one that had answered, in these traces and no others", () => {
    const rule = cases[0]?.[1];
    const affected = goldens.filter((golden) => differing(golden, rule === undefined ? [] : [rule]).length > 0);
    const listing = goldens.filter(({ entries }) =>
      entries.some((entry) => entry.kind === "tool.requested" && entry.data.name === "files_list"),
    );
    // In a turn that a person has to allow anyway, who asks is another, and that is said too.
    expect(affected.map(({ name }) => name)).toEqual(listing.map(({ name }) => name));
  });
});

function isAboutCall(entry: Entry, callId: string): boolean {
  return entry.kind === "tool.requested" && entry.data.callId === callId;
}
