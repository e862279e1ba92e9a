import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { decide } from "../../../src/agent/policy/decide.ts";
import { grantOf } from "../../../src/agent/policy/grant-offer.ts";
import { matches } from "../../../src/agent/policy/match.ts";
import type { ModelRequest, Ports } from "../../../src/agent/ports.ts";
import { type Config, parseConfig } from "../../../src/protocol/config.ts";
import type { Effect, Facts, Json } from "../../../src/protocol/values.ts";
import { vaultCheck } from "../../../helper-daemon/doctor/vault-check.ts";
import type { Home } from "../../../helper-daemon/home.ts";
import { createHub } from "../../../helper-daemon/hub.ts";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { openStore } from "../../../helper-daemon/store/open-store.ts";
import { createRedaction } from "../../../helper-daemon/vault/redaction.ts";
import { redactedPorts } from "../../../helper-daemon/vault/redacted-ports.ts";
import { restoredStore } from "../../../helper-daemon/vault/restored-store.ts";
import { createVault } from "../../../helper-daemon/vault/vault.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

/** A real store with the codec around it, and ports behind which nothing is but what a test says. */
function world(config: () => Config = () => parseConfig("{}", "config.json")) {
  const folder = temporaryFolder("vault");
  const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  const redaction = createRedaction({
    table: store.vault,
    keyFile: join(folder, "vault.key"),
    config,
    trustOf: (name) => (name === "near" ? "local" : "remote"),
  });
  const hub = createHub(store.log);
  const record = (drafts: Parameters<typeof hub.record>[0]) => hub.record(redaction.drafts(drafts));
  const begin = (session: string, endpoint: string, input: string) =>
    record([
      { kind: "session.created", session, data: { title: input, workspace: "/", nonce: "n" } },
      {
        kind: "turn.started",
        session,
        turn: `${session}-t`,
        data: { input, origin: "user", originKey: session, endpoint, model: "m", overrides: {}, provenance: {} },
      },
    ]);
  const inputOf = (session: string) => store.lists.turns(session)[0]?.input ?? "";
  const portsOf = (session: string, ports: Partial<Ports>) => redactedPorts(ports as Ports, redaction, session);
  return {
    folder,
    store,
    redaction,
    record,
    begin,
    inputOf,
    portsOf,
    seen: restoredStore(store, redaction),
    vault: createVault(store.vault, redaction),
  };
}

const call = (effect: Effect, values: Json) => ({ callId: "c", name: "t", arguments: values, effect });
const around = {
  session: "s1",
  origin: "user" as const,
  overrides: {},
  taints: [],
  endpointTrust: "remote" as const,
  now: 0,
};

test("a private value that would leave with a call is a cause, whose name is good for this session only", async () => {
  const { begin, inputOf, portsOf } = world();
  begin("s1", "far", "alice@example.com");
  const seen: Json[] = [];
  const inspect = (facts: Omit<Facts, "hash">): Partial<Ports> => ({
    inspect: ({ arguments: values }) => {
      seen.push(values);
      return Promise.resolve({ ...facts, hash: "h" });
    },
  });
  const placeholder = inputOf("s1");
  const source = placeholder.slice(1, -1).replaceAll(":", " ");
  const execute = [{ id: "all", layer: "config" as const, when: {}, decision: "execute" as const }];
  const causesOf = async (effect: Effect, facts: Omit<Facts, "hash">) => {
    const made = call(effect, { url: `https://x.example/?to=${placeholder}` });
    const found = await portsOf("s1", inspect(facts)).inspect(made);
    return decide(made, found, around, execute);
  };
  expect(await causesOf("network", { domains: ["x.example"] })).toMatchObject({
    answer: "requiresApproval",
    causes: [{ type: "rehydration", source }],
  });
  expect(await causesOf("read", { server: "mail" })).toMatchObject({ answer: "requiresApproval" });
  expect(await causesOf("exec", { isSandboxed: true, domains: ["x.example"] })).toMatchObject({
    answer: "requiresApproval",
  });
  expect(await causesOf("write", { paths: ["/a"] })).toMatchObject({ answer: "execute", causes: [] });
  const control = { action: "type", role: "text", name: "To" };
  expect(await causesOf("ui", { app: "Mail", control })).toMatchObject({
    ...{ answer: "requiresApproval", causes: [{ type: "rehydration", source }] },
  });
  expect(await causesOf("ui", { app: "Mail" })).toMatchObject({ answer: "execute", causes: [] });
  expect(seen.every((values) => JSON.stringify(values).includes("alice@example.com"))).toBe(true);
});

test("a placeholder of another session stays one: no session gets at another's values", async () => {
  const { begin, inputOf, portsOf } = world();
  begin("s1", "far", "alice@example.com");
  begin("s2", "far", "bob@example.com");
  const got: Json[] = [];
  const ports = portsOf("s2", {
    inspect: ({ arguments: values }) => (got.push(values), Promise.resolve({ hash: "h" })),
  });
  await ports.inspect(call("write", [inputOf("s1"), inputOf("s2")]));
  expect(got).toEqual([[inputOf("s1"), "bob@example.com"]]);
});

test("a grant for a file with a private name is kept with a placeholder and matches exactly that file", () => {
  const { begin, record, store, seen } = world();
  begin("s1", "far", "alice@example.com");
  const path = "/home/(alice@example.com)+[1]/*.txt";
  const facts = { paths: [path], hash: "h" };
  const card = { approvalId: "c#1", type: "approval" as const, session: "s1", tool: "t", facts, causes: [] };
  const rule = grantOf(card, "session", { by: "me", at: "now" });
  if (rule === undefined) throw new Error("no grant");
  const always = {
    ...rule,
    id: "always",
    grant: { ...rule.grant, scope: "always" as const, covers: [], by: "me", at: "now" },
  };
  record([{ kind: "rule.added", session: "s1", data: { rule } }]);
  record([{ kind: "rule.added", session: "home", data: { rule: always } }]);
  expect(JSON.stringify([store.grants.all(), store.log.all("s1", 0), store.log.all("home", 0)])).not.toMatch(
    /alice|example\.com/,
  );
  for (const granted of seen.grants.of("s1")) {
    expect(matches(granted, call("read", {}), facts, around)).toBe(true);
    expect(matches(granted, call("read", {}), { ...facts, paths: ["/home/bob/x.txt"] }, around)).toBe(false);
  }
  expect(seen.grants.of("s1")).toHaveLength(2);
});

test("a grant for a control with a private name is kept with a placeholder and matches exactly that control", () => {
  const { begin, record, store, seen } = world();
  begin("s1", "far", "alice@example.com");
  const control = { action: "press", role: "list item", name: '"alice@example.com" (2)*' };
  const facts = { app: "Mail", window: "alice@example.com", control, hash: "h" };
  const card = { approvalId: "c#1", type: "approval" as const, session: "s1", tool: "screen_act", facts, causes: [] };
  const rule = grantOf(card, "session", { by: "me", at: "now" });
  if (rule === undefined) throw new Error("no grant");
  record([{ kind: "rule.added", session: "s1", data: { rule } }]);
  expect(JSON.stringify([store.grants.all(), store.log.all("s1", 0)])).not.toMatch(/alice|example\.com/);
  const press = { ...call("ui", {}), name: "screen_act" };
  const isAbout = (name: string) =>
    seen.grants.of("s1").map((one) => matches(one, press, { ...facts, control: { ...control, name } }, around));
  expect(isAbout(control.name)).toEqual([true]);
  for (const name of ["bob@example.com", '"bob@example.com" (2)*', "x"]) expect(isAbout(name)).toEqual([false]);
});

test("a fork shares its parent's placeholders, in both directions", () => {
  const { begin, record, store, seen, inputOf } = world();
  begin("s1", "far", "alice@example.com");
  record([{ kind: "session.forked", session: "s2", data: { from: "s1", at: 1 } }]);
  const steer = (session: string, text: string) =>
    record([{ kind: "note.added", session, turn: "t", data: { from: "person", text } }]);
  const texts = [...steer("s2", "alice@example.com, bob@example.com"), ...steer("s1", "bob@example.com")];
  const [both = "", one = ""] = texts.map((entry) => (entry.kind === "note.added" ? entry.data.text : ""));
  expect(both.startsWith(`${inputOf("s1")}, <email:2:`)).toBe(true);
  expect(both.endsWith(one)).toBe(true);
  expect(seen.log.all("s2", 0).at(-1)?.data).toMatchObject({ text: "alice@example.com, bob@example.com" });
  expect(JSON.stringify(store.log.all("s2", 0))).not.toContain("example.com");
});

test("hooks see real values, and what they answer is replaced again; questions and answers too", async () => {
  const { begin, inputOf, portsOf } = world();
  begin("s1", "far", "alice@example.com");
  const ports = portsOf("s1", {
    hook: (_, input) =>
      Promise.resolve({ arguments: { was: input.call?.arguments ?? null, also: "carol@example.com" } }),
  });
  const input = { v: 1 as const, at: "before" as const, session: "s1", turn: "t", workspace: "/", env: {} };
  const answer = await ports.hook(
    { name: "h", at: ["before"], mode: "restrictive" },
    { ...input, call: call("write", inputOf("s1")) },
    new AbortController().signal,
  );
  expect(JSON.stringify(answer)).not.toContain("example.com");
  expect(answer).toMatchObject({ arguments: { was: inputOf("s1") } });
});

test("what is known by now leaves neither with a new epoch's memory nor with the words of a hook that failed", async () => {
  const { begin, record, store, portsOf } = world();
  begin("s1", "far", "password: Tr0ub4dor");
  const system = "Memory: the door opens with Tr0ub4dor";
  const epoch = { reason: "model" as const, endpoint: "far", model: "m", system, tools: [], hash: "h", carries: [] };
  record([{ kind: "epoch.opened", session: "s1", data: epoch }]);
  const kept = store.log.all("s1", 0).at(-1);
  expect(kept?.data).toMatchObject({ system: expect.stringMatching(/opens with <secret:1:/) as string });
  const ports = portsOf("s1", { hook: () => Promise.reject(new Error("exit code 7: Tr0ub4dor is wrong")) });
  const input = { v: 1 as const, at: "after" as const, session: "s1", turn: "t", workspace: "/", env: {} };
  const hook = { name: "h", at: ["after" as const], mode: "restrictive" as const };
  await expect(ports.hook(hook, input, new AbortController().signal)).rejects.toThrow(/7: <secret:1:.* is wrong/);
});

test("a turn's own validator finds its program and its schema as the person wrote them", async () => {
  const { begin, inputOf, portsOf } = world();
  begin("s1", "far", "alice@example.com");
  const placeholder = inputOf("s1");
  const asked: unknown[] = [];
  const ports = portsOf("s1", { hook: (hook, { answer }) => (asked.push([hook, answer]), Promise.resolve({})) });
  const input = { v: 1 as const, at: "answer" as const, session: "s1", turn: "t", workspace: "/", env: {} };
  const hook = { name: "h", at: ["answer" as const], mode: "restrictive" as const };
  const schema = { enum: [placeholder] };
  const { signal } = new AbortController();
  await ports.hook(
    { ...hook, command: [`/home/${placeholder}/check`], schema },
    { ...input, answer: `"${placeholder}"` },
    signal,
  );
  const real = { ...hook, command: ["/home/alice@example.com/check"], schema: { enum: ["alice@example.com"] } };
  expect(asked).toEqual([[real, '"alice@example.com"']]);
});

test("the examination says where values cannot be read, and makes no key", async () => {
  const { begin, redaction, vault, folder } = world();
  const home = { vaultKey: join(folder, "vault.key") } as Home;
  const look = async () => {
    redaction.refresh();
    const { state, detail } = await vaultCheck(home, vault);
    return `${state}: ${detail}`;
  };
  expect(await look()).toBe("ok: nothing private was ever replaced");
  begin("s1", "far", "alice@example.com");
  expect(await look()).toBe("ok: 1 private values, all of which can be read");
  chmodSync(home.vaultKey, 0o644);
  expect(await look()).toMatch(/^failed: Other users/);
  rmSync(home.vaultKey);
  expect(await look()).toMatch(/^failed: .* is missing/);
  expect(existsSync(home.vaultKey)).toBe(false);
});

test("a request that goes to a remote judge from a local session is covered as well", async () => {
  const { begin, inputOf, portsOf } = world();
  begin("s1", "near", "alice@example.com");
  expect(inputOf("s1")).toBe("alice@example.com");
  const sent: ModelRequest[] = [];
  const ports = portsOf("s1", {
    model: (request) => {
      sent.push(request);
      return Promise.resolve({ type: "failed", code: "endpoint-rejected", message: "no: alice@example.com" });
    },
  });
  const request = {
    endpoint: "far",
    model: "m",
    system: "for alice@example.com",
    tools: [],
    messages: [
      {
        role: "user" as const,
        content: [
          { type: "text" as const, text: "password: hunter2x9" },
          { type: "text" as const, text: "hunter2x9" },
        ],
      },
    ],
    maxTokens: 1,
  };
  const reply = await ports.model(request, new AbortController().signal, () => {});
  expect(JSON.stringify([sent, reply])).not.toMatch(/example\.com|hunter2x9/);
});

test("forgetting a session leaves the others; a forgotten value that comes back gets a new placeholder", () => {
  const { begin, inputOf, seen, vault, record } = world();
  begin("s1", "far", "alice@example.com");
  begin("s2", "far", "bob@example.com");
  expect(vault.forget({ session: "s1", isAll: false })).toEqual({ forgotten: 1 });
  expect(seen.lists.turns("s1")[0]?.input).toBe(`<${inputOf("s1").slice(1, -1)} (forgotten)>`);
  expect(seen.lists.turns("s2")[0]?.input).toBe("bob@example.com");
  const [note] = record([
    { kind: "note.added", session: "s1", turn: "t", data: { from: "person", text: "alice@example.com" } },
  ]);
  expect(note?.data).toMatchObject({ text: expect.stringMatching(/^<email:2:/) as string });
  expect(vault.list({ isRevealed: true }).values.map(({ state, value }) => [state, value])).toEqual([
    ["forgotten", undefined],
    ["kept", "bob@example.com"],
    ["kept", "alice@example.com"],
  ]);
});

test("a search for a real value finds it in every session, and not its neighbours", () => {
  const { begin, seen } = world();
  begin("s1", "far", Array.from({ length: 12 }, (_, index) => `user${index}@example.com`).join(" "));
  begin("s2", "far", "x user11@example.com y");
  begin("s3", "near", "plain user11@example.com");
  begin("s4", "far", "user1@example.com only");
  const hits = seen.words.search("user11@example.com", 10);
  expect(hits.map(({ session }) => session).sort()).toEqual(["s1", "s2", "s3"]);
  expect(hits.find(({ session }) => session === "s2")?.snippet).toBe("x **user11@example.com** y");
  expect(seen.words.search("user1@example.com", 10).map(({ session }) => session)).toContain("s4");
});
