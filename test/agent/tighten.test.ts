import fc from "fast-check";
import { expect, test } from "vitest";
import { allowanceOf } from "../../src/agent/allowance.ts";
import { circumstancesOf } from "../../src/agent/policy/circumstances.ts";
import { decide } from "../../src/agent/policy/decide.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import { DELEGATE, tighten, type Wish } from "../../src/agent/policy/tighten.ts";
import { NOTHING_SPENT } from "../../src/agent/spent.ts";
import { emptyView, type TurnState } from "../../src/agent/transcript.ts";
import { limitsSchema } from "../../src/protocol/config.ts";
import { type Overrides, overridesSchema } from "../../src/protocol/overrides.ts";
import { type Decision, effectSchema, type RuleCondition } from "../../src/protocol/values.ts";

const limits = limitsSchema.parse({});

function turnOf(origin: TurnState["origin"], overrides: Overrides): TurnState {
  const model = { endpoint: "e", model: "m", takesImages: false, endpointTrust: "local" as const };
  const state = { steps: 0, isRequestOpen: false, rejections: 0, spent: NOTHING_SPENT, startedAt: 0 };
  const said = { words: ["go"], compaction: { tries: 0, skips: 0, overflows: 0 } };
  return { turn: "t", input: "go", origin, overrides, ...model, ...state, ...said };
}

/** What a delegate works under. */
function tightened(parent: Overrides, wish: Wish = {}): Overrides {
  const result = tighten(parent, limits, wish, {});
  if (result.type === "refused") throw new Error(result.words);
  return result.overrides;
}

test("tools are those of both, what is forbidden stays so, and a delegate does not delegate", () => {
  expect(tightened({})).toMatchObject({ tools: undefined, denyTools: [DELEGATE] });
  expect(tightened({}, { tools: ["files_read", DELEGATE, "files_read"] }).tools).toEqual(["files_read"]);
  expect(tightened({ tools: ["files_read", DELEGATE] }).tools).toEqual(["files_read"]);
  expect(tightened({ tools: ["files_read"] }, { tools: ["files_read", "shell_run"] }).tools).toEqual(["files_read"]);
  expect(tightened({ denyTools: ["shell_run"] }, { tools: ["files_read", "shell_run"] })).toMatchObject({
    ...{ tools: ["files_read"], denyTools: ["shell_run", DELEGATE] },
  });
  expect(tightened({ tools: ["files_read"] }, { tools: [] }).tools).toEqual([]);
  expect(tighten({ tools: ["files_read"] }, limits, { tools: ["shell_run"] }, {})).toEqual({
    type: "refused",
    words: "A delegate may use only what this turn may use itself, and of shell_run it may use none.",
  });
});

test("--yes, schema and validators are not passed on; environment and the person's note are", () => {
  const said = { env: { trust: "guest" }, note: "Never touch the archive." };
  const hook = { name: "v", at: ["answer" as const], mode: "restrictive" as const, onFail: "deny" as const };
  const parent = { ...said, yes: true, schema: { type: "object" }, validators: [hook] };
  expect(tightened(parent)).toMatchObject(said);
  for (const key of ["yes", "schema", "validators"]) expect(tightened(parent)).not.toHaveProperty(key);
});

test("steps: ten, or what is asked for, and never more than the turn has", () => {
  const stepsOf = (parent: Overrides, maxSteps?: number) => tightened(parent, { maxSteps }).maxSteps;
  expect([stepsOf({}), stepsOf({ maxSteps: 4 }), stepsOf({}, 3), stepsOf({}, 15), stepsOf({}, 999)]).toEqual([
    10, 4, 3, 15, 20,
  ]);
  expect(stepsOf({ maxSteps: 50 }, 999)).toBe(50);
});

test("a budget is shared: what siblings hold and what the turn has spent is not there any more", () => {
  const spent = { ...NOTHING_SPENT, tokens: 1_000, costUsd: 0.2 };
  const turn = { overrides: { maxTokens: 10_000, maxCostUsd: 1, maxTurnMs: 60_000 }, spent, startedAt: 0 };
  const running = [{ maxTokens: 3_000, maxCostUsd: 0.2 }];
  const allowance = allowanceOf(turn, limits, { running, waiting: 2 }, 20_000);
  expect(allowance).toMatchObject({ tokens: { left: 6_000, share: 3_000 }, wallMs: 40_000 });
  expect(allowance.costUsd?.share).toBeCloseTo(0.3);
  const budget = (wish: Wish) => tighten(turn.overrides, limits, wish, allowance);
  expect(budget({})).toMatchObject({ overrides: { maxTokens: 3_000, maxTurnMs: 40_000 } });
  expect(budget({ maxTokens: 500 })).toMatchObject({ overrides: { maxTokens: 500 } });
  expect(budget({ maxTokens: 9_999 })).toMatchObject({ overrides: { maxTokens: 6_000 } });
  expect(allowanceOf({ ...turn, overrides: {} }, limits, { running: [], waiting: 1 }, 5)).toEqual({});
  const config = { ...limits, maxTokens: 700 };
  expect(allowanceOf({ ...turn, overrides: {} }, config, { running: [], waiting: 1 }, 5).spent).toBe("700 tokens");
});

test.each([
  ["10000 tokens", { maxTokens: 10_000 }, { ...NOTHING_SPENT, tokens: 10_000 }],
  ["1 USD", { maxCostUsd: 1 }, { ...NOTHING_SPENT, costUsd: 1 }],
  ["10 seconds", { maxTurnMs: 10_000 }, NOTHING_SPENT],
])("nothing is left of %s: no delegate, and words that say so", (words, overrides, spent) => {
  const allowance = allowanceOf({ overrides, spent, startedAt: 0 }, limits, { running: [], waiting: 1 }, 10_000);
  const result = tighten(overrides, limits, {}, allowance);
  expect(result).toMatchObject({ type: "refused", words: expect.stringContaining(`used its ${words}`) as string });
});

test("rules that forbid or ask by origin or trust hold for delegates of such turns; to permit, they must mean delegates", () => {
  const worksFor = { origin: "user" as const, endpointTrust: "remote" as const };
  const around = { ...circumstancesOf(emptyView("s"), turnOf("delegate", {}), 0), worksFor };
  const call = { callId: "c", name: "files_read", arguments: {}, effect: "read" as const };
  const answer = (when: RuleCondition, decision: Decision) =>
    decide(call, { hash: "h" }, around, [{ id: "r", layer: "config", when, decision }]).ruleId === "r";
  const speaks = (when: RuleCondition) => [answer(when, "deny"), answer(when, "execute")];
  expect(speaks({ origin: "user" })).toEqual([true, false]);
  expect(speaks({ origin: "delegate" })).toEqual([true, true]);
  expect(speaks({ origin: "routine" })).toEqual([false, false]);
  expect(speaks({ endpointTrust: "remote" })).toEqual([true, false]);
  expect(speaks({ endpointTrust: "local" })).toEqual([true, false]);
  expect(speaks({ endpointTrust: ["local", "remote"] })).toEqual([true, true]);
});

const tool = fc.constantFrom("files_read", "files_write", "shell_run", "find_tools", "final_answer", DELEGATE);
const tools = fc.option(fc.array(tool, { maxLength: 4 }), { nil: undefined });
const amount = fc.option(fc.integer({ min: 1, max: 50_000 }), { nil: undefined });
const parents = fc.record(
  { tools, denyTools: tools, yes: fc.boolean(), maxSteps: amount, maxTokens: amount, maxTurnMs: amount },
  { requiredKeys: [] },
);
const wishes = fc.record({ tools, maxSteps: amount, maxTokens: amount }, { requiredKeys: [] });
const RANK = { deny: 0, requiresApproval: 1, execute: 2 };

test("whatever a delegate may do, the turn could have done; it never gets more of a budget", () => {
  const around = fc.record({
    spent: fc.nat(60_000),
    running: fc.array(fc.record({ maxTokens: amount }), { maxLength: 3 }),
    waiting: fc.integer({ min: 1, max: 5 }),
    now: fc.nat(60_000),
  });
  const property = fc.property(parents, wishes, around, (parent, wish, { spent, running, waiting, now }) => {
    const turn = { ...turnOf("user", parent), spent: { ...NOTHING_SPENT, tokens: spent } };
    const result = tighten(parent, limits, wish, allowanceOf(turn, limits, { running, waiting }, now));
    if (result.type === "refused") return;
    const { overrides } = result;
    expect(overridesSchema.parse(overrides)).toBeDefined();
    expect(overrides.maxSteps ?? Infinity).toBeLessThanOrEqual(parent.maxSteps ?? limits.maxSteps);
    const held = running.reduce((sum, { maxTokens = 0 }) => sum + maxTokens, 0);
    if (parent.maxTokens !== undefined)
      expect(overrides.maxTokens ?? Infinity).toBeLessThanOrEqual(parent.maxTokens - spent - held);
    if (parent.maxTurnMs !== undefined)
      expect(overrides.maxTurnMs ?? Infinity).toBeLessThanOrEqual(parent.maxTurnMs - now);
    for (const name of ["files_read", "files_write", "shell_run", "find_tools", DELEGATE]) {
      for (const effect of effectSchema.options) {
        const call = { callId: "c", name, arguments: {}, effect };
        const verdictOf = (state: TurnState) =>
          decide(call, { hash: "h", inWorkspace: true }, circumstancesOf(emptyView("s"), state, 0), [
            ...standingRules([], "/home/p"),
          ]);
        const own = verdictOf({ ...turn, overrides: { ...parent, yes: undefined } });
        const theirs = verdictOf(turnOf("delegate", overrides));
        expect(RANK[theirs.answer]).toBeLessThanOrEqual(RANK[own.answer]);
        if (name === DELEGATE) expect(theirs.answer).toBe("deny");
      }
    }
  });
  fc.assert(property, { numRuns: 500 });
});
