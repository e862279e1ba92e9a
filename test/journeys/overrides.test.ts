import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { EntryOf } from "../../src/protocol/entries.ts";
import type { TurnRequest } from "../../src/protocol/requests.ts";
import { approveEverything, removeFolder, temporaryFolder, type Witness, witness } from "../fakes/helper.ts";
import { mcpHome } from "../fakes/mcp/home.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { gate, type ModelScript, script } from "../fakes/model-server.ts";

const TELLS_META = resolve(import.meta.dirname, "../fakes/mcp/tells-meta.mjs");
const ENVIRONMENT = {
  trust: { enum: ["guest", "owner"], default: "guest" },
  "house-style": { enum: ["plain", "formal"] },
};

/** A journey on a home with a configuration. */
async function configured(behaviour: ModelScript, config: object): Promise<Journey & { home: string }> {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify({ sandbox: { mode: "off" }, ...config }));
  return { ...(await journey(behaviour, { home })), home };
}

/** Submits and waits for the end of just that turn. */
async function turnOf(face: Witness, request: Partial<TurnRequest> & { input: string }) {
  const { session, turn } = await face.submit(request);
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  const started = face.entries.find(
    (entry): entry is EntryOf<"turn.started"> => entry.kind === "turn.started" && entry.turn === turn,
  );
  return { session, turn, end: end.data, started: started?.data };
}

test("layers: a turn's own settings before its session's before the config; each names where it is from", async () => {
  const { face, workspace } = await configured(script().says("ok").repeatLast(), {
    environment: ENVIRONMENT,
    limits: { maxSteps: 7, maxTokens: 90_000 },
  });
  const set = (session: string, overrides: object) => face.connection.request("session.set", { session, overrides });
  const first = await turnOf(face, { input: "one", workspace });
  expect(first.started).toMatchObject({
    overrides: { maxSteps: 7, env: { trust: "guest" } },
    provenance: {
      ...{ endpoint: "config", model: "endpoint", maxSteps: "config", maxTokens: "config" },
      ...{ maxOutputTokens: "default", "env.trust": "default" },
    },
  });
  expect(first.started?.overrides.tools).toBeUndefined();

  const { session } = first;
  const layer = { tools: ["files_read"], note: "be brief", maxSteps: 3, temperature: 0.5, env: { trust: "owner" } };
  expect(await set(session, layer)).toEqual({ overrides: layer });
  const second = await turnOf(face, { input: "two", session, overrides: { maxSteps: 2, note: null } });
  expect(second.started).toMatchObject({
    overrides: { maxSteps: 2, tools: ["files_read"], temperature: 0.5, env: { trust: "owner" } },
    provenance: { maxSteps: "turn", tools: "session", temperature: "session", "env.trust": "session" },
  });
  expect(second.started?.overrides.note).toBeUndefined();
  expect(second.started?.provenance).not.toHaveProperty("note");

  const overrides = { tools: null, maxSteps: null, env: { trust: null, "house-style": "formal" } };
  const third = await turnOf(face, { input: "three", session, overrides });
  expect(third.started).toMatchObject({
    overrides: { maxSteps: 7, note: "be brief", env: { trust: "guest", "house-style": "formal" } },
    provenance: { maxSteps: "config", note: "session", "env.trust": "default", "env.house-style": "turn" },
  });
  expect(third.started?.overrides.tools).toBeUndefined();

  expect(await set(session, { note: null, env: { trust: null }, tools: null })).toEqual({
    overrides: { maxSteps: 3, temperature: 0.5 },
  });
  const shown = await face.connection.request("session.show", { session });
  expect(shown.overrides).toEqual({ maxSteps: 3, temperature: 0.5 });
  expect(shown.turns.map(({ provenance, model }) => [provenance?.["maxSteps"], model])).toEqual([
    ["config", "m"],
    ["turn", "m"],
    ["config", "m"],
  ]);
});

test("what a session sets is a fact of its trace: it survives kill -9, and a fork goes on with what its past had set", async () => {
  const { helper, face, server, workspace, restart } = await configured(script().says("ok").repeatLast(), {});
  const { session } = await turnOf(face, { input: "one", workspace });
  await face.connection.request("session.set", { session, overrides: { note: "mind +1 202 555 0143" }, by: "me" });
  const fork = await face.connection.request("session.fork", { session });
  await face.connection.request("session.set", { session, overrides: { note: "later" } });
  await helper.kill();

  const { face: again } = await restart();
  const later = await turnOf(again, { input: "two", session });
  expect(later.started?.overrides.note).toBe("later");
  const forked = await turnOf(again, { input: "two", session: fork.session.session });
  expect(forked.started).toMatchObject({
    overrides: { note: "mind +1 202 555 0143" },
    provenance: { note: "session" },
  });
  expect(server.requests.at(-1)?.text).toContain("mind +1 202 555 0143");
  const changes = again.entries.filter((entry) => entry.kind === "state.changed");
  expect(changes.map(({ data }) => data)).toMatchObject([
    { store: "overrides", by: "me", after: { note: "mind +1 202 555 0143" } },
    { store: "overrides", before: { note: "mind +1 202 555 0143" }, after: { note: "later" } },
  ]);
});

test("a session's note is redacted for a remote endpoint like everything else, and the person reads it as it was", async () => {
  const { face, server, workspace } = await configured(script().says("ok").repeatLast(), { redaction: { mode: "on" } });
  const { session } = await turnOf(face, { input: "one", workspace });
  const note = "write to ada@example.org";
  await face.connection.request("session.set", { session, overrides: { note } });
  const { started } = await turnOf(face, { input: "two", session });
  expect(started?.overrides.note).toBe(note);
  expect((await face.connection.request("session.show", { session })).overrides).toEqual({ note });
  expect(server.requests.at(-1)?.text).toMatch(/write to <email:1:\w+>/);
  expect(server.requests.map(({ text }) => text).join()).not.toContain("ada@example.org");
});

test("a turn that waits in the queue goes on as it was submitted, whatever is set meanwhile", async () => {
  const held = gate();
  const { face, workspace } = await configured(script().says("first").holds(held).says("second").says("third"), {});
  const first = await face.submit({ input: "one", workspace });
  const { session } = first;
  await face.untilKind("request.sent");
  await face.connection.request("session.set", { session, overrides: { maxSteps: 4 } });
  const queued = await face.submit({ input: "two", session });
  await face.connection.request("session.set", { session, overrides: { maxSteps: 5 } });
  const last = await face.submit({ input: "three", session });
  held.release();
  await face.untilKind("turn.finished", (entry) => entry.turn === last.turn);
  const steps = face.entries.flatMap((entry) =>
    entry.kind === "turn.started" ? [[entry.turn, entry.data.overrides.maxSteps]] : [],
  );
  expect(steps).toEqual([
    [first.turn, 20],
    [queued.turn, 4],
    [last.turn, 5],
  ]);
});

test("what cannot be is refused before anything is recorded, for a turn and for a session", async () => {
  const { face, server, workspace } = await configured(script().says("ok").repeatLast(), { environment: ENVIRONMENT });
  const { session } = await turnOf(face, { input: "one", workspace });
  const before = face.entries.length;
  const wrong: [object, string, RegExp][] = [
    [{ tools: ["files_raed"] }, "unknown-tool", /Did you mean files_read/],
    [{ denyTools: ["nope"] }, "unknown-tool", /no tool nope/],
    [{ env: { nope: "1" } }, "invalid-params", /no environment key nope; config\.json declares house-style, trust/],
    [{ env: { trust: "king" } }, "invalid-params", /"guest", "owner"/],
    [{ schema: { type: "nonsense" } }, "invalid-params", /schema/],
    [{ thinkingTokens: 4096 }, "invalid-params", /4096 tokens of thinking do not fit/],
    [{ temperature: 3 }, "invalid-params", /temperature/],
    [{ maxSteps: 0 }, "invalid-params", /maxSteps/],
    [{ temprature: 1 }, "invalid-params", /temprature/],
    [{ maxCostUsd: 1 }, "invalid-params", /no price for the model "m".*"prices"/],
  ];
  for (const [overrides, code, words] of wrong) {
    const refusal = { code, message: expect.stringMatching(words) as string };
    await expect(face.submit({ input: "x", session, overrides })).rejects.toMatchObject(refusal);
    await expect(face.connection.request("session.set", { session, overrides })).rejects.toMatchObject(refusal);
  }
  await expect(face.submit({ input: "x", session, overrides: { env: { nope: null } } })).rejects.toMatchObject({
    code: "invalid-params",
  });
  for (const endpoint of ["nowhere", "__proto__"]) {
    const refusal = { code: "unknown-endpoint", message: expect.stringContaining("Known: test, rehearsal") as string };
    await expect(face.submit({ input: "x", session, endpoint })).rejects.toMatchObject(refusal);
    const set = face.connection.request("session.set", { session, overrides: { endpoint } });
    await expect(set).rejects.toMatchObject(refusal);
  }
  const yes = { yes: true } as object;
  await expect(face.connection.request("session.set", { session, overrides: yes })).rejects.toMatchObject({
    code: "invalid-params",
  });
  await expect(face.connection.request("session.set", { session: "s_none", overrides: {} })).rejects.toMatchObject({
    code: "unknown-session",
  });
  expect(face.entries).toHaveLength(before);
  expect(server.requests).toHaveLength(1);
});

test("a session whose endpoint is gone says so and how to go on; a turn that names another one runs", async () => {
  const { face, server, workspace } = await configured(script().says("ok").repeatLast(), {});
  const { connection } = face;
  const profile = {
    dialect: "anthropic" as const,
    url: server.url,
    model: "big",
    trust: "local" as const,
    window: 200_000,
  };
  await connection.request("endpoint.add", { name: "other", profile });
  const { session } = await turnOf(face, { input: "one", workspace });
  await connection.request("session.set", { session, overrides: { endpoint: "other", model: "huge" } });
  expect((await turnOf(face, { input: "two", session })).started).toMatchObject({
    ...{ endpoint: "other", model: "huge", provenance: { endpoint: "session", model: "session" } },
  });
  await connection.request("endpoint.remove", { name: "other" });
  await expect(face.submit({ input: "three", session })).rejects.toMatchObject({
    code: "unknown-endpoint",
    message: expect.stringContaining(`loopd sessions set ${session}`) as string,
  });
  // The session's model was chosen for its endpoint: elsewhere the other one's own counts.
  for (const endpoint of ["test", null]) {
    expect((await turnOf(face, { input: "four", session, endpoint })).started).toMatchObject({
      ...{ endpoint: "test", model: "m", provenance: { model: "endpoint" } },
    });
  }
  await connection.request("session.set", { session, overrides: { endpoint: null } });
  expect((await turnOf(face, { input: "five", session })).started).toMatchObject({ endpoint: "test", model: "huge" });
});

test("endpoint and model change for one turn inside a session, and back; the history goes along", async () => {
  const { face, server, workspace } = await configured(
    script().thinks("hm", "sig").calls("files_read", { path: "a.txt" }).says("one").says("two").says("three"),
    {},
  );
  writeFileSync(join(workspace, "a.txt"), "the content\n");
  const profile = {
    dialect: "anthropic" as const,
    url: server.url,
    model: "big",
    trust: "local" as const,
    window: 200_000,
  };
  await face.connection.request("endpoint.add", { name: "cloud", profile });
  const { session } = await turnOf(face, { input: "first", workspace });
  await turnOf(face, { input: "second", session, endpoint: "cloud", overrides: { maxOutputTokens: 99 } });
  await turnOf(face, { input: "third", session });
  const bodies = server.requests.map(({ body }) => body);
  expect(bodies.map(({ model, max_tokens }) => [model, max_tokens])).toEqual([
    ["m", 4096],
    ["m", 4096],
    ["big", 99],
    ["m", 4096],
  ]);
  const texts = bodies.map(({ messages }) => JSON.stringify(messages));
  for (const word of ["first", "the content", "one", "second"]) expect(texts[2]).toContain(word);
  expect(texts[2]).not.toContain("hm");
  for (const word of ["first", "the content", "one", "second", "two", "third"]) expect(texts[3]).toContain(word);
  const epochs = face.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data] : []));
  expect(epochs.map(({ reason, endpoint, model }) => [reason, endpoint, model])).toEqual([
    ["start", "test", "m"],
    ["model", "cloud", "big"],
    ["model", "test", "m"],
  ]);
});

test("sampling and thinking reach the wire only where somebody asked, behind what a cache looks at", async () => {
  const { face, server, workspace } = await configured(script().says("ok").repeatLast(), {});
  const inference = { temperature: 0, topP: 0.9, thinkingTokens: 2048, maxOutputTokens: 8000 };
  const { session } = await turnOf(face, { input: "one", workspace });
  await turnOf(face, { input: "two", session, overrides: inference });
  const [plain, asked] = server.requests.map(({ body }) => body as unknown as Record<string, unknown>);
  expect(Object.keys(plain ?? {})).toEqual(["model", "max_tokens", "system", "tools", "messages", "stream"]);
  expect(asked).toMatchObject({
    ...{ max_tokens: 8000, temperature: 0, top_p: 0.9, thinking: { type: "enabled", budget_tokens: 2048 } },
  });
  const order = Object.keys(asked ?? {});
  expect(order.indexOf("temperature")).toBeGreaterThan(order.indexOf("messages"));
  const opened = face.entries.filter((entry) => entry.kind === "epoch.opened");
  expect(opened).toHaveLength(1);
});

test("a server that refuses sampling fails the turn in its own words; the next turn without it goes on", async () => {
  const error = { type: "error", error: { type: "invalid_request_error", message: "temperature is not supported" } };
  const { face, workspace } = await configured(script().status(400, {}, error).says("fine"), {});
  const { session, end } = await turnOf(face, { input: "one", workspace, overrides: { temperature: 1 } });
  expect(end).toMatchObject({
    finish: "failed",
    error: { code: "endpoint-rejected", message: expect.stringContaining("temperature is not supported") as string },
  });
  expect((await turnOf(face, { input: "two", session })).end).toEqual({ finish: "done", text: "fine" });
});

test("trust by turn: for the owner a write runs by itself, for a guest the same agent asks", async () => {
  const { face, workspace } = await configured(
    script()
      .calls("files_write", { path: "owner.txt", text: "o" })
      .says("written")
      .calls("files_write", { path: "guest.txt", text: "g" })
      .says("not written"),
    {
      environment: ENVIRONMENT,
      rules: [{ id: "owner", when: { env: { trust: "owner" }, effect: "write" }, decision: "execute" }],
    },
  );
  const owner = { env: { trust: "owner" } };
  const { session } = await turnOf(face, { input: "write", workspace, overrides: owner });
  expect(readFileSync(join(workspace, "owner.txt"), "utf8")).toBe("o");
  expect(face.entries.some((entry) => entry.kind === "card.opened")).toBe(false);

  await face.submit({ input: "write", session });
  const card = await face.untilKind("card.opened");
  expect(existsSync(join(workspace, "guest.txt"))).toBe(false);
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "denied", by: "test" });
  await face.untilKind("turn.finished", (entry) => entry.data.text === "not written");
  const decided = face.entries.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data] : []));
  expect(decided.map(({ decision, ruleId }) => [decision, ruleId])).toEqual([
    ["execute", "owner"],
    ["requiresApproval", "default-ask"],
  ]);
});

test("a command finds the turn's environment in its variables", async () => {
  const command = 'echo "[$LOOPD_ENV_TRUST] [$LOOPD_ENV_HOUSE_STYLE]"';
  const { face, workspace } = await configured(
    script().calls("shell_run", { command }).says("a").calls("shell_run", { command }).says("b"),
    { environment: ENVIRONMENT },
  );
  const { session } = await turnOf(face, { input: "one", workspace, overrides: { yes: true } });
  const env = { trust: "owner", "house-style": "formal" };
  await turnOf(face, { input: "two", session, overrides: { yes: true, env } });
  const outputs = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.text] : []));
  expect(outputs[0]).toContain("[guest] []");
  expect(outputs[1]).toContain("[owner] [formal]");
});

test("a sandboxed command finds it too", async ({ skip }) => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify({ environment: ENVIRONMENT, sandbox: { mode: "auto" } }));
  const { face, workspace, helper } = await journey(
    script().calls("shell_run", { command: 'echo "[$LOOPD_ENV_TRUST]"' }).says("a"),
    { home },
  );
  const { connection } = await witness(helper);
  const { checks } = await connection.request("helper.doctor", {});
  const sandbox = checks.find(({ name }) => name === "sandbox");
  if (sandbox?.state !== "ok" && process.env["LOOPD_CI"] !== "1") skip("no sandbox on this machine");
  await turnOf(face, { input: "one", workspace });
  const end = await face.untilKind("tool.finished");
  expect(end.data.text).toContain("[guest]");
});

test("what a session sets and the config no longer declares is named, and can be taken back for a turn or for good", async () => {
  const { face, workspace, home, server } = await configured(script().says("ok").repeatLast(), {
    environment: ENVIRONMENT,
  });
  const { session } = await turnOf(face, { input: "one", workspace });
  await face.connection.request("session.set", { session, overrides: { env: { trust: "owner" }, note: "n" } });
  const test = { dialect: "anthropic", url: server.url, model: "m" };
  writeFileSync(join(home, "config.json"), JSON.stringify({ endpoint: "test", endpoints: { test } }));
  await expect(face.submit({ input: "two", session })).rejects.toMatchObject({
    message: expect.stringMatching(/no environment key trust.*The session sets that/) as string,
  });
  const { started } = await turnOf(face, { input: "two", session, overrides: { env: { trust: null } } });
  expect(started?.overrides).toEqual({ maxSteps: 20, note: "n" });
  await face.connection.request("session.set", { session, overrides: { env: null } });
  expect((await turnOf(face, { input: "three", session })).end.finish).toBe("done");
});

test("a server that the person trusts is told the turn's environment with each call; a stranger's is not", async () => {
  const { home } = mcpHome({
    environment: ENVIRONMENT,
    mcpServers: {
      mine: { command: process.execPath, args: [TELLS_META], trust: true },
      strange: { command: process.execPath, args: [TELLS_META] },
    },
    rules: [{ id: "all", when: { tool: ["mine__*", "strange__*"] }, decision: "execute" }],
  });
  const { face, workspace, helper } = await journey(
    script()
      .calls([{ name: "mine__meta" }])
      .calls([{ name: "strange__meta" }])
      .says("told"),
    { home },
  );
  await approveEverything(helper);
  await turnOf(face, { input: "go", workspace, overrides: { env: { trust: "owner" } } });
  const answers = face.entries.flatMap((entry) =>
    entry.kind === "tool.finished" ? [[entry.data.name, entry.data.text]] : [],
  );
  expect(answers).toEqual([
    ["mine__meta", '{"trust":"owner"}'],
    ["strange__meta", "null"],
  ]);
});

test("two terminals that set different things at once both have their way", async () => {
  const { face, workspace, helper } = await configured(script().says("ok"), { environment: ENVIRONMENT });
  const { session } = await turnOf(face, { input: "one", workspace });
  const other = await witness(helper);
  const changes = [{ schema: { type: "object" } }, { note: "n" }, { env: { trust: "owner" } }, { maxSteps: 2 }];
  await Promise.all(
    changes.map((overrides, index) =>
      (index % 2 === 0 ? face : other).connection.request("session.set", { session, overrides }),
    ),
  );
  const { overrides } = await face.connection.request("session.show", { session });
  expect(overrides).toEqual({ schema: { type: "object" }, note: "n", env: { trust: "owner" }, maxSteps: 2 });
});
