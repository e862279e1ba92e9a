import { expect, test } from "vitest";
import { fold } from "../../src/agent/fold.ts";
import { nextStep } from "../../src/agent/next-step.ts";
import type { ModelRequest } from "../../src/agent/ports.ts";
import { emptyView } from "../../src/agent/transcript.ts";
import type { Facts, Rule } from "../../src/protocol/values.ts";
import { calls, type MemoryOptions, memoryWorld, says, use } from "../fakes/memory-ports.ts";

const WORDS = "There is no control b9 any more. Read the screen again.";
const impossible = (): Omit<Facts, "hash"> => ({ app: "Mail", source: "screen Mail", refusal: WORDS });
const deny: Rule = { id: "no-mail", layer: "config", when: { app: "Mail" }, decision: "deny", reason: "Not Mail." };
const permit: Rule = { id: "may", layer: "config", when: {}, decision: "execute" };
const replies = () => [calls(use("act")), says("done")];

/** Runs to the end, and says how the one call was decided and ended. */
async function ends(options: Partial<MemoryOptions>) {
  const world = memoryWorld({ replies: replies(), facts: impossible, ...options });
  const ended = await world.run();
  const of = (kind: string) => world.entries.filter((entry) => entry.kind === kind);
  const decided = world.entries.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data] : []))[0];
  const finished = world.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data] : []))[0];
  const { performed } = world;
  return {
    world,
    ended,
    decided,
    finished,
    performed,
    cards: of("card.opened").length,
    started: of("tool.started").length,
  };
}

test.each<[string, Partial<MemoryOptions>, string]>([
  ["that would ask", {}, "requiresApproval"],
  ["that a rule permits", { rules: [permit] }, "execute"],
])(
  "a call %s and cannot do what it asks ends with the words of the look; nobody is asked, nothing runs",
  async (_, options, decision) => {
    const { ended, decided, finished, performed, cards, started, world } = await ends(options);
    expect(ended).toBe("ended");
    expect(decided).toMatchObject({ decision, facts: { refusal: WORDS } });
    expect(finished).toMatchObject({ outcome: "error", text: `ERROR: ${WORDS}`, isSideEffectPossible: false });
    expect([performed, cards, started]).toEqual([[], 0, 0]);
    expect(world.view().turn?.spent.denials).toBe(0);
    expect(JSON.stringify(world.requests.at(-1)?.messages)).toContain(WORDS);
  },
);

test("what its words quote of a window has been read from then on", async () => {
  const { finished, world } = await ends({});
  expect(finished?.taints).toEqual(["screen Mail"]);
  expect(world.view().taints).toEqual(["screen Mail"]);
  const plain = await ends({ facts: () => ({ refusal: WORDS }) });
  expect([plain.finished?.taints, plain.world.view().taints]).toEqual([undefined, []]);
});

test("what is forbidden is denied in the words of the rule, and tells nothing of what a look found", async () => {
  const { decided, finished, world } = await ends({ rules: [deny] });
  expect(decided).toMatchObject({ decision: "deny", ruleId: "no-mail" });
  expect(finished).toMatchObject({ outcome: "denied", text: "ERROR: Not Mail." });
  expect(JSON.stringify(world.requests.at(-1)?.messages)).not.toContain(WORDS);
  expect(world.view().taints).toEqual([]);
  expect(world.view().turn?.spent.denials).toBe(1);
});

test("a decide-hook is asked as about any call; what it forbids is denied, and where it wants a person nobody is asked", async () => {
  const hook = { name: "guard", at: ["decide" as const], mode: "restrictive" as const, command: ["guard"] };
  const answers = async (decision: string) => ends({ hooks: [hook], hook: () => ({ decision, reason: "Guarded." }) });
  expect(await answers("deny")).toMatchObject({ finished: { outcome: "denied", text: "ERROR: Guarded." } });
  expect(await answers("requiresApproval")).toMatchObject({ finished: { outcome: "error" }, cards: 0 });
  expect(await answers("execute")).toMatchObject({ finished: { outcome: "error" }, performed: [] });
});

test("in a turn that waits for nobody it is no denial", async () => {
  const world = memoryWorld({ replies: replies(), facts: impossible });
  const [turn] = world.entries.filter(({ kind }) => kind === "turn.started");
  if (turn?.kind !== "turn.started") throw new Error("no turn");
  turn.data.overrides.approvals = "deny";
  expect(await world.run()).toBe("ended");
  const end = world.entries.find(({ kind }) => kind === "tool.finished");
  expect(end).toMatchObject({ data: { outcome: "error" } });
});

test("a crash at any record changes neither the decision nor the end", async () => {
  const model = ({ messages }: ModelRequest) =>
    JSON.stringify(messages).includes("tool_result") ? says("done") : calls(use("act"));
  for (let crash = 1; crash <= 6; crash += 1) {
    const world = memoryWorld({ replies: [], model, facts: impossible, crashes: [crash] });
    const first = await world.run();
    expect(first === "crashed" ? await world.run() : first).toBe("ended");
    const ends = world.entries.filter(({ kind }) => kind === "tool.finished");
    expect(ends).toMatchObject([{ data: { outcome: "error" } }]);
    expect([world.performed, world.entries.filter(({ kind }) => kind === "card.opened")]).toEqual([[], []]);
  }
});

test("a trace that ends with the decision goes on with the end", async () => {
  const { world } = await ends({});
  const upTo = world.entries.findIndex(({ kind }) => kind === "tool.decided") + 1;
  const view = world.entries.slice(0, upTo).reduce(fold, emptyView("s1"));
  const next = nextStep(view, world.settings, 0);
  expect(next).toMatchObject({ type: "record", entries: [{ kind: "tool.finished", data: { outcome: "error" } }] });
});

test("a person's edit that cannot be done ends so too, and the other calls of the step go on", async () => {
  const world = memoryWorld({
    replies: [calls(use("act", { ref: "b1" }), use("save", {}, "id-2")), says("done")],
    rules: [{ ...permit, when: { tool: "save" } }],
    facts: ({ arguments: values }) => (JSON.stringify(values).includes("b9") ? impossible() : { inWorkspace: true }),
  });
  expect(await world.run()).toBe("waiting");
  const data = { cardId: "t1.1.0#1", resolution: "edited" as const, by: "p", arguments: { ref: "b9" } };
  world.write({ kind: "card.resolved", session: "s1", turn: "t1", data });
  expect(await world.run()).toBe("ended");
  expect(world.performed).toEqual(["t1.1.1"]);
});
