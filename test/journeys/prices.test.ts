import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type ModelScript, script } from "../fakes/model-server.ts";

async function priced(behaviour: ModelScript, config: object) {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  return { ...(await journey(behaviour, { home })), home };
}

const USAGE = { input_tokens: 100_000, cache_read_input_tokens: 900_000, output_tokens: 10_000 };
const M = { input: 3, cached: 0.3, output: 15 };
/** 0.1 million fresh at 3, 0.9 million cached at 0.3, 0.01 million out at 15. */
const COST = 0.3 + 0.27 + 0.15;

test("each response is recorded with what it costs by the price of its model", async () => {
  const steps = script()
    .says("one")
    .withUsage(USAGE)
    .says("two")
    .withUsage({ input_tokens: 1_000_000, output_tokens: 1 });
  const { face, workspace } = await priced(steps.says("three").withUsage(USAGE).says("four").withoutUsage(), {
    prices: { m: M, plain: { input: 2, output: 8 } },
  });
  for (const model of ["m", "plain", "unknown", "m"]) {
    const { turn } = await face.submit({ input: "go", workspace, model });
    await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  }
  const costs = face.entries.flatMap((entry) => (entry.kind === "model.responded" ? [entry.data.usage?.costUsd] : []));
  expect(costs).toEqual([expect.closeTo(COST, 9), 2.000008, undefined, undefined]);
});

test("a turn that has cost what it may ends with a closing answer, and no tool runs any more", async () => {
  const { face, server, workspace } = await priced(
    script()
      .calls("files_list", { path: "." })
      .withUsage(USAGE)
      .calls("files_list", { path: ".." })
      .withUsage(USAGE)
      .calls("files_list", { path: "/" })
      .says("too late"),
    { prices: { m: M } },
  );
  await face.submit({ input: "go", workspace, overrides: { maxCostUsd: 0.75, yes: true } });
  const end = await face.untilKind("turn.finished");
  expect(end.data.finish).toBe("budget");
  expect(server.requests).toHaveLength(3);
  expect(server.requests[2]?.text).toContain("This turn has cost its 0.75 USD. Answer now from what you know");
  const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
  expect(outcomes).toEqual(["ok", "ok", "denied"]);
});

test("a limit of cost where nobody knows the price is refused when the turn is submitted, a judge's model included", async () => {
  const { face, server, workspace, home } = await priced(script().says("ok"), { prices: { m: M } });
  const judge = { name: "tone", at: ["answer" as const], builtin: "judge" as const, model: "big", prompt: "Friendly?" };
  const wrong = [
    { model: "unknown", overrides: { maxCostUsd: 1 } },
    { model: "toString", overrides: { maxCostUsd: 1 } },
    { overrides: { maxCostUsd: 1, validators: [judge] } },
  ];
  for (const request of wrong) {
    await expect(face.submit({ input: "go", workspace, ...request })).rejects.toMatchObject({
      code: "invalid-params",
      message: expect.stringMatching(
        /limit of 1 USD cannot be kept.*no price for the model "(unknown|toString|big)"/,
      ) as string,
    });
  }
  const active = JSON.parse(JSON.stringify({ limits: { maxCostUsd: 2 }, prices: { m: M } })) as object;
  const { endpoints, endpoint } = {
    endpoints: { test: { dialect: "anthropic", url: server.url, model: "m" } },
    endpoint: "test",
  };
  writeFileSync(join(home, "config.json"), JSON.stringify({ ...active, endpoints, endpoint }));
  await expect(face.submit({ input: "go", workspace, model: "unknown" })).rejects.toMatchObject({
    message: expect.stringContaining("A limit of 2 USD") as string,
  });
  expect(server.requests).toHaveLength(0);
  await face.submit({ input: "go", workspace });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
});

test("the rehearsal model is free, so a limit of cost holds there too", async () => {
  const { face, workspace } = await priced(script().says("never asked"), {});
  await face.submit({ input: "hello", workspace, endpoint: "rehearsal", overrides: { maxCostUsd: 0.01 } });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
});

test("a server that reports no usage under a limit of cost: the turn ends rather than run uncounted", async () => {
  const { face, server, workspace } = await priced(
    script().calls("files_list", { path: "." }).withoutUsage().says("closing"),
    { prices: { m: M } },
  );
  await face.submit({ input: "go", workspace, overrides: { maxCostUsd: 5 } });
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "budget", text: "closing" });
  expect(server.requests[1]?.text).toContain("Nobody knows what this turn costs");
});
