import { expect, test } from "vitest";
import * as z from "zod";
import type { ModelRequest } from "../../../src/agent/ports.ts";
import { AgentTrace } from "../../../src/agent/embed/index.ts";
import { allEvents, nextCard, says, scripted, uses } from "../../fakes/embedded.ts";

const policy = { resolve: () => ({ decision: "execute" as const }) };
const write = uses(["write_file", { path: "/w/a.txt" }]);

/** Whether one request begins with the very bytes of another. */
function extendsBytes(later: ModelRequest | undefined, earlier: ModelRequest | undefined): boolean {
  const text = (request: ModelRequest | undefined) =>
    JSON.stringify([request?.tools, request?.system, ...(request?.messages ?? [])]);
  return text(later).startsWith(text(earlier).slice(0, -1));
}

test("a plan turn may only look; the next one acts, and its request extends the plan's byte for byte", async () => {
  const { session, requests, done } = scripted([write, says("the plan"), write, says("done")], { policy });
  const plan = await session.send("fix it", { availableTools: { include: ["look"] }, model: "fast" });
  expect((await plan.result).text).toBe("the plan");
  expect(done).toEqual([]);
  const act = await session.send("Execute the plan.", { model: "fast" });
  expect((await act.result).text).toBe("done");
  expect(done).toEqual(["write /w/a.txt "]);
  expect(requests.map(({ model }) => model)).toEqual(["fast", "fast", "fast", "fast"]);
  expect(extendsBytes(requests[2], requests[1])).toBe(true);
  expect(requests[2]?.tools).toEqual(requests[0]?.tools);
});

test("excluded tools, a note and a model of its own count for one turn", async () => {
  const { session, requests, done } = scripted([write, says("no"), write, says("yes")], { policy, modelName: "main" });
  await (
    await session.send("go", { availableTools: { exclude: ["write_file"] }, note: "be kind", model: "small" })
  ).result;
  expect(done).toEqual([]);
  await (
    await session.send("go")
  ).result;
  expect(done).toHaveLength(1);
  expect(requests.map(({ model }) => model)).toEqual(["small", "small", "main", "main"]);
  expect(JSON.stringify(requests[0]?.messages)).toContain("be kind");
  await expect(session.send("go", { availableTools: { include: ["nope"] } })).rejects.toMatchObject({
    code: "unknown-tool",
  });
  await expect(session.send("go", { maxSteps: 0 })).rejects.toMatchObject({ code: "invalid-params" });
  await expect(session.send("  ")).rejects.toMatchObject({ code: "invalid-params" });
  await expect(session.send("go", { yes: true } as never)).rejects.toMatchObject({ code: "invalid-params" });
});

const schema = z.toJSONSchema(z.object({ total: z.number() }));

test("a turn with a schema ends with JSON that fits; what does not is mended with the validator's words", async () => {
  const answer = (json: object | string) => uses(["final_answer", { json: json as never }]);
  const { session, requests } = scripted([answer({ total: "3" }), answer({ total: 3 })]);
  const result = await (await session.send("count", { schema })).result;
  expect(result).toMatchObject({ finish: "done", text: '{"total":3}' });
  expect(JSON.stringify(requests[1]?.messages.at(-1))).toContain("/total must be number");

  const never = scripted([answer({})], { limits: { maxValidations: 2 } });
  const failed = await (await never.session.send("count", { schema })).result;
  expect(failed).toMatchObject({ finish: "failed", error: { code: "validation-failed" } });
  expect(never.requests).toHaveLength(3);
  const bad = session.send("count", { schema: { type: "strange" } });
  await expect(bad).rejects.toMatchObject({ code: "invalid-params" });
});

test("validators of the program send an answer back, fail the turn or waive it", async () => {
  const polite = (mode: "restrictive" | "permissive") => ({
    name: "polite",
    mode,
    validate: (answer: string) =>
      answer.includes("please") ? { verdict: "pass" as const } : { verdict: "fail" as const, text: "say please" },
  });
  const mended = scripted([says("give"), says("please give")], { validators: [polite("restrictive")] });
  expect((await (await mended.session.send("ask")).result).text).toBe("please give");
  const waived = scripted([says("give")], { validators: [polite("permissive")], limits: { maxValidations: 0 } });
  expect(await (await waived.session.send("ask")).result).toMatchObject({
    finish: "done",
    waived: [{ hook: "polite", text: "say please" }],
  });
  const failed = scripted([says("give")], { validators: [polite("restrictive")], limits: { maxValidations: 0 } });
  expect((await (await failed.session.send("ask")).result).finish).toBe("failed");
});

test("a model that never ends is asked for a closing answer; a deny loop and a token budget end so too", async () => {
  let at = 0;
  const looks = () => uses(["look", { at: String((at += 1)) }]);
  const steps = scripted([looks, looks, looks, says("what I know")], {});
  expect(await (await steps.session.send("go", { maxSteps: 3 })).result).toMatchObject({
    finish: "step-limit",
    text: "what I know",
  });
  const denied = scripted([write], { policy: { resolve: () => ({ decision: "deny" }) }, limits: { maxDenials: 3 } });
  expect((await (await denied.session.send("go")).result).finish).toBe("budget");
  expect(denied.requests).toHaveLength(4);
  const tokens = scripted([looks], {});
  expect((await (await tokens.session.send("go", { maxTokens: 30 })).result).finish).toBe("budget");
  expect(tokens.requests).toHaveLength(3);
});

test("a fork shares the past byte for byte and goes its own way; nothing open comes along", async () => {
  const { session, requests, done } = scripted([says("one"), write, says("two"), says("fork")]);
  await (
    await session.send("first")
  ).result;
  const at = session.trace.snapshot().at(-1)?.seq ?? 0;
  const turn = await session.send("second");
  const { cardId } = await nextCard(turn);
  const fork = await session.fork();
  const early = await session.fork(at);
  expect(fork.cards()).toEqual([]);
  expect(fork.resume()).toEqual([]);
  await expect(fork.approve(cardId)).rejects.toMatchObject({ code: "unknown-card" });
  await session.approve(cardId);
  expect((await turn.result).text).toBe("two");
  expect((await (await early.send("third")).result).text).toBe("fork");
  expect(done).toEqual(["write /w/a.txt "]);
  expect(extendsBytes(requests[3], requests[0])).toBe(true);
  expect(JSON.stringify(requests[3])).not.toContain("second");
  const shared = early.trace.snapshot();
  expect(shared.slice(0, at)).toEqual(session.trace.snapshot().slice(0, at));
  expect(shared[at]).toMatchObject({ kind: "session.forked", session: early.id, data: { from: session.id, at } });
  const again = scripted([says("on")], { trace: AgentTrace.from(early.trace.snapshot()) });
  expect((await (await again.session.send("fourth")).result).text).toBe("on");
  await expect(session.fork(99_999)).rejects.toMatchObject({ code: "invalid-params" });
});

test("events tell entries, deltas and cards in order, to several readers and to late ones", async () => {
  const { session } = scripted([], {
    model: (_, { tell }) => {
      tell({ channel: "text", text: "hel" });
      tell({ channel: "text", text: "lo" });
      return says("hello");
    },
  });
  const turn = await session.send("greet");
  const [one, two] = await Promise.all([allEvents(turn), allEvents(turn)]);
  expect(one).toEqual(two);
  expect(one.map((event) => (event.type === "entry" ? event.entry.kind : event.type))).toEqual([
    ...["turn.started", "epoch.opened", "request.sent", "delta", "delta", "model.responded", "turn.finished"],
  ]);
  const late = await allEvents(turn);
  expect(late).toEqual(one.filter(({ type }) => type === "entry"));
});

test("words that come while the last answer is on its way to the disk are answered, not lost", async () => {
  let asked = 0;
  const { session, requests } = scripted([], {
    save: () => new Promise((resolve) => setImmediate(resolve)),
    model: async (request) => {
      requests.push(request);
      asked += 1;
      if (asked > 1) return says("two");
      void session.steer("and another thing");
      return says("one");
    },
  });
  expect((await (await session.send("go")).result).text).toBe("two");
  expect(JSON.stringify(requests[1]?.messages)).toContain("and another thing");
});

test("a reader that cannot keep up misses deltas, never entries", async () => {
  const { session } = scripted([], {
    model: (_, { tell }) => {
      for (let at = 0; at < 20_000; at += 1) tell({ channel: "text", text: "." });
      return says("dots");
    },
  });
  const turn = await session.send("go");
  const events = await allEvents(turn);
  expect(events.filter(({ type }) => type === "delta")).toHaveLength(10_000);
  expect(events.flatMap((event) => (event.type === "entry" ? [event.entry] : []))).toEqual(
    session.trace.snapshot().filter((entry) => entry.turn === turn.id),
  );
});
