import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { type Behaviour, script } from "../fakes/model-server.ts";
import { isAlive, pidsIn } from "../tools/world.ts";

/** A hook's program in the home: JavaScript that gets the document as `input` and gives its answer back. */
function program(home: string, name: string, body: string): string[] {
  const path = join(home, `${name}.mjs`);
  const head = 'import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";\n';
  const read = "const input = JSON.parse(readFileSync(0, 'utf8'));\n";
  writeFileSync(path, `${head}${read}process.stdout.write(JSON.stringify(await (async () => { ${body} })()));\n`);
  return [process.execPath, path];
}

/** A journey in a home with these hooks. */
async function hooked(
  behaviour: Behaviour,
  config: (home: string) => { hooks: object[]; [key: string]: unknown },
): Promise<Journey & { home: string }> {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config(home)));
  return { ...(await journey(behaviour, { home })), home };
}

type Data<K extends Entry["kind"]> = Extract<Entry, { kind: K }>["data"];
const all = <K extends Entry["kind"]>(face: Witness, kind: K): Data<K>[] =>
  face.entries.flatMap((entry) => (entry.kind === kind ? [entry.data as Data<K>] : []));
const approve = async (face: Witness, cardId: string) => {
  await face.connection.request("card.resolve", { cardId, resolution: "approved", by: "test" });
};
const finished = (face: Witness) => face.untilKind("turn.finished");

test("a before-hook's arguments are what the card shows and what runs; the model never sees them", async () => {
  const { face, server, workspace } = await hooked(
    script().calls("shell_run", { command: "echo model > ran.txt" }).says("ok"),
    (home) => ({
      hooks: [
        {
          name: "rewrite",
          at: ["before"],
          command: program(home, "rewrite", "return { arguments: { command: 'echo hook > ran.txt' } };"),
        },
      ],
    }),
  );
  await face.submit({ input: "go", workspace });
  const card = await face.untilKind("card.opened");
  const { cards } = await face.connection.request("card.list", {});
  expect(cards).toMatchObject([{ arguments: { command: "echo hook > ran.txt" }, causes: [] }]);
  await approve(face, card.data.cardId);
  expect((await finished(face)).data.finish).toBe("done");
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("hook\n");
  expect(server.requests.map(({ text }) => text).join()).not.toContain("echo hook");
  expect(all(face, "hook.applied")).toMatchObject([{ hook: "rewrite", at: "before", change: "arguments" }]);
});

test("a before-hook that changes an approved argument needs a second approval, also over kill -9", async () => {
  const { face, helper, home, workspace, restart } = await hooked(
    script().calls("shell_run", { command: "echo approved > ran.txt" }).says("ok"),
    () => ({ hooks: [] }),
  );
  await face.submit({ input: "go", workspace });
  const first = await face.untilKind("card.opened");
  const command = program(home, "late", "return { arguments: { command: 'echo changed > ran.txt' } };");
  const config = JSON.parse(readFileSync(join(home, "config.json"), "utf8")) as object;
  writeFileSync(
    join(home, "config.json"),
    JSON.stringify({ ...config, hooks: [{ name: "late", at: ["before"], command }] }),
  );
  await approve(face, first.data.cardId);
  const second = await face.untilKind("card.opened", (entry) => entry.data.cardId !== first.data.cardId);
  expect(second.data.causes).toEqual([{ type: "hook-change", source: "late" }]);
  expect(existsSync(join(workspace, "ran.txt"))).toBe(false);
  await helper.kill();

  const { face: again } = await restart();
  const { cards } = await again.connection.request("card.list", {});
  expect(cards).toMatchObject([{ approvalId: second.data.cardId, arguments: { command: "echo changed > ran.txt" } }]);
  await approve(again, second.data.cardId);
  expect((await finished(again)).data.finish).toBe("done");
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("changed\n");
  expect(all(again, "hook.applied").filter(({ at }) => at === "before")).toHaveLength(1);
  expect(all(again, "tool.started")).toHaveLength(1);
});

test("after-hooks see every outcome, the last one first: ok, denied, timed-out, invalid and unknown", async () => {
  const steps = script()
    .calls("shell_run", { command: "sleep 1000" })
    .calls("shell_run", { command: "echo no" })
    .calls("files_read", {})
    .calls("nothing_like_it", {})
    .calls("shell_run", { command: "sleep 2000" })
    .says("all seen");
  const { face, helper, home, workspace, restart } = await hooked(steps, (folder) => {
    const body = (name: string) => `
      appendFileSync("${folder}/seen.txt", "${name} " + input.outcome.kind + "\\n");
      return { outcome: { text: input.outcome.text + " <${name}>" } };`;
    const hook = (name: string) => ({ name, at: ["after"], command: program(folder, name, body(name)) });
    return { hooks: [hook("one"), hook("two")], limits: { tools: { shell_run: 700 } } };
  });
  await face.submit({ input: "go", workspace });
  const hanging = await face.untilKind("card.opened");
  await approve(face, hanging.data.cardId);
  const refused = await face.untilKind("card.opened", (entry) => entry.data.cardId !== hanging.data.cardId);
  await face.connection.request("card.resolve", { cardId: refused.data.cardId, resolution: "denied", by: "test" });
  const known = [hanging.data.cardId, refused.data.cardId];
  const last = await face.untilKind("card.opened", (entry) => !known.includes(entry.data.cardId));
  writeFileSync(join(home, "config.json"), readFileSync(join(home, "config.json"), "utf8").replace("700", "60000"));
  await approve(face, last.data.cardId);
  const pid = (await face.untilKind("tool.spawned", (entry) => last.data.cardId.startsWith(entry.data.callId))).data
    .pid;
  expect(pid).toBeGreaterThan(0);
  await helper.kill();

  const { face: again } = await restart();
  const recovery = await again.untilKind("card.opened", (entry) => entry.data.type === "recovery");
  await again.connection.request("card.resolve", {
    ...{ cardId: recovery.data.cardId, resolution: "answered" as const, answer: "skip", by: "test" },
  });
  expect((await finished(again)).data).toMatchObject({ finish: "done", text: "all seen" });
  const outcomes = ["timed-out", "denied", "invalid", "invalid", "unknown"];
  expect(all(again, "tool.finished").map(({ outcome }) => outcome)).toEqual(outcomes);
  for (const { text } of all(again, "tool.finished")) expect(text).toMatch(/^ERROR: [^]* <two> <one>$/);
  const lines = readFileSync(join(home, "seen.txt"), "utf8").trim().split("\n");
  expect(lines).toEqual(outcomes.flatMap((kind) => [`two ${kind}`, `one ${kind}`]));
});

test("an after-hook that fails withholds the text, never the fact", async () => {
  const { face, server, workspace } = await hooked(
    script().calls("files_read", { path: "a.txt" }).says("ok"),
    (home) => ({
      hooks: [{ name: "check", at: ["after"], command: program(home, "check", "process.exit(3);") }],
    }),
  );
  writeFileSync(join(workspace, "a.txt"), "the secret words");
  await face.submit({ input: "go", workspace });
  expect((await finished(face)).data.finish).toBe("done");
  expect(all(face, "tool.finished")).toMatchObject([{ outcome: "ok", text: expect.stringContaining("withheld") }]);
  expect(all(face, "hook.applied")).toMatchObject([{ failure: expect.stringContaining("exit code 3") }]);
  expect(server.requests.map(({ text }) => text).join()).not.toContain("secret words");
});

test.each([
  ["throws", "throw new Error('broken');"],
  ["hangs", "await new Promise((resolve) => setTimeout(resolve, 1e8));"],
  ["returns nonsense", "return { decison: 'execute' };"],
  ["returns what belongs to another phase", "return { arguments: {} };"],
  ["prints nothing", "process.exit(0);"],
])("a decide-hook that %s denies, says so in the trace, and the turn finishes", async (_, body) => {
  const { face, workspace } = await hooked(script().calls("files_read", { path: "a.txt" }).says("went on"), (home) => ({
    hooks: [{ name: "guard", at: ["decide"], limitMs: 1500, command: program(home, "guard", body) }],
  }));
  await face.submit({ input: "go", workspace });
  expect((await finished(face)).data).toEqual({ finish: "done", text: "went on" });
  const [decided] = all(face, "tool.decided");
  expect(decided).toMatchObject({ decision: "deny", ruleId: "hook guard", reason: expect.stringContaining("failed") });
  expect(all(face, "hook.applied")).toMatchObject([{ hook: "guard", at: "decide", failure: expect.any(String) }]);
  expect(all(face, "tool.started")).toEqual([]);
});

test("hooks read facts and the typed environment; an unknown key or value is refused", async () => {
  const { face, workspace } = await hooked(
    script().calls("files_read", { path: "a.txt" }).says("a").calls("files_read", { path: "a.txt" }).says("b"),
    (home) => {
      const body =
        "return { decision: input.env.trust === 'owner' && input.call.facts.inWorkspace ? 'execute' : 'deny', reason: 'guests read nothing' };";
      return {
        environment: { trust: { enum: ["guest", "owner"], default: "guest" } },
        hooks: [{ name: "trust", at: ["decide"], command: program(home, "trust", body) }],
      };
    },
  );
  writeFileSync(join(workspace, "a.txt"), "text");
  const { session } = await face.submit({ input: "as guest", workspace });
  const first = await finished(face);
  await face.submit({ input: "as owner", session, overrides: { env: { trust: "owner" } } });
  await face.untilKind("turn.finished", (entry) => entry.turn !== first.turn);
  expect(all(face, "tool.decided").map(({ decision, reason }) => [decision, reason])).toEqual([
    ["deny", "guests read nothing"],
    ["execute", "guests read nothing"],
  ]);
  expect(all(face, "turn.started").map(({ provenance }) => provenance["env.trust"])).toEqual(["default", "turn"]);
  for (const env of [{ trust: "king" }, { nope: "1" }] as Record<string, string>[]) {
    await expect(face.submit({ input: "x", session, overrides: { env } })).rejects.toMatchObject({
      code: "invalid-params",
    });
  }
});

test("plan mode: the second turn's first request extends the first turn's last one byte for byte", async () => {
  const { face, server, workspace } = await hooked(
    script()
      .calls("files_read", { path: "a.txt" })
      .calls("shell_run", { command: "echo early > done.txt" })
      .says("the plan")
      .calls("shell_run", { command: "echo done > done.txt" })
      .says("did it"),
    () => ({ hooks: [] }),
  );
  writeFileSync(join(workspace, "a.txt"), "text");
  const { session } = await face.submit({
    ...{ input: "plan it", workspace, overrides: { tools: ["files_read", "files_list"], yes: true } },
  });
  const planned = await finished(face);
  expect(existsSync(join(workspace, "done.txt"))).toBe(false);
  await face.submit({ input: "carry it out", session, overrides: { yes: true } });
  await face.untilKind("turn.finished", (entry) => entry.turn !== planned.turn);
  expect(readFileSync(join(workspace, "done.txt"), "utf8")).toBe("done\n");
  const [last, next] = [server.requests[2]?.body, server.requests[3]?.body];
  expect(JSON.stringify([next?.system, next?.tools])).toBe(JSON.stringify([last?.system, last?.tools]));
  expect(JSON.stringify(next?.messages).startsWith(JSON.stringify(last?.messages).slice(0, -1))).toBe(true);
  expect(all(face, "request.sent").every(({ brokenBy }) => brokenBy === undefined)).toBe(true);
});

test("an audit hook sees each call before and after; a hook that only some calls concern is asked about no others", async () => {
  const { face, home, workspace } = await hooked(
    script().calls("files_read", { path: "a.txt" }).calls("files_list", { path: "." }).says("ok"),
    (folder) => {
      const body = `appendFileSync("${folder}/audit.log", [input.at, input.call.name, input.outcome?.kind].join(" ") + "\\n"); return {};`;
      return {
        hooks: [
          { name: "audit", at: ["before", "after"], command: program(folder, "audit", body), onFail: "deny" },
          { name: "lists", at: ["before"], command: ["/nowhere/at-all"], when: { tool: "shell_run" } },
        ],
      };
    },
  );
  writeFileSync(join(workspace, "a.txt"), "text");
  await face.submit({ input: "go", workspace });
  await finished(face);
  expect(readFileSync(join(home, "audit.log"), "utf8").trim().split("\n")).toEqual([
    ...["before files_read ", "after files_read ok", "before files_list ", "after files_list ok"],
  ]);
});

test("a command validator sends the answer back until it passes, and fails the turn or waives when it never does", async () => {
  const validator = (home: string, mode: string) => ({
    ...{ name: "polite", at: ["answer"], mode },
    command: program(
      home,
      "polite",
      "return /please/.test(input.answer) ? {} : { verdict: 'feedback', text: 'say please' };",
    ),
  });
  const good = await hooked(script().says("give").says("give, please"), (home) => ({
    hooks: [validator(home, "restrictive")],
  }));
  await good.face.submit({ input: "go", workspace: good.workspace });
  expect((await finished(good.face)).data).toEqual({ finish: "done", text: "give, please" });
  expect(all(good.face, "note.added")).toMatchObject([
    { from: "validator", text: expect.stringContaining("say please") },
  ]);
  const [first, second] = good.server.requests.map(({ body }) => JSON.stringify(body.messages));
  expect(second?.startsWith(first?.slice(0, -1) ?? "?")).toBe(true);

  const bad = await hooked(script().says("give").repeatLast(), (home) => ({
    ...{ hooks: [validator(home, "restrictive")], limits: { maxValidations: 2 } },
  }));
  await bad.face.submit({ input: "go", workspace: bad.workspace });
  expect((await finished(bad.face)).data).toMatchObject({
    ...{ finish: "failed", text: "give" },
    error: { code: "validation-failed", message: expect.stringContaining("say please") },
  });
  expect(bad.server.requests).toHaveLength(3);

  const mild = await hooked(script().says("give").repeatLast(), (home) => ({
    ...{ hooks: [validator(home, "permissive")], limits: { maxValidations: 0 } },
  }));
  await mild.face.submit({ input: "go", workspace: mild.workspace });
  expect((await finished(mild.face)).data).toEqual({
    ...{ finish: "done", text: "give", waived: [{ hook: "polite", text: "say please" }] },
  });
});

test("a call that already ran is not repeated silently to mend an answer", async () => {
  const call = { command: "echo once >> ran.txt" };
  const { face, workspace } = await hooked(
    script().calls("shell_run", call).says("bad").calls("shell_run", call).says("good"),
    (home) => ({
      hooks: [
        {
          name: "v",
          at: ["answer"],
          command: program(home, "v", "return input.answer === 'good' ? {} : { verdict: 'fail' };"),
        },
      ],
    }),
  );
  await face.submit({ input: "go", workspace, overrides: { yes: true } });
  const card = await face.untilKind("card.opened");
  expect(card.data.causes).toMatchObject([{ type: "repeat" }]);
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "denied", by: "test" });
  expect((await finished(face)).data.text).toBe("good");
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("once\n");
});

test("a judge on another endpoint decides; one that answers with nothing useful fails the turn in its own words", async () => {
  const judge = await journey(
    script().says('Well: {"verdict":"fail","text":"too short"}').says('{"verdict":"pass"}').says("hm"),
  );
  const { face, workspace } = await hooked(script().says("x").says("a longer answer").says("y"), () => ({
    hooks: [
      { name: "length", at: ["answer"], builtin: "judge", endpoint: "other", model: "j", prompt: "Long answers pass." },
    ],
  }));
  const profile = { dialect: "anthropic" as const, url: judge.server.url, model: "j", auth: "none" as const };
  await face.connection.request("endpoint.add", {
    name: "other",
    profile: { ...profile, trust: "local", window: 200_000 },
  });
  const { session } = await face.submit({ input: "tell", workspace });
  const end = await finished(face);
  expect(end.data).toEqual({ finish: "done", text: "a longer answer" });
  expect(judge.server.requests.map(({ body }) => body.model)).toEqual(["j", "j"]);
  expect(judge.server.requests[0]?.text).toContain("Long answers pass.");
  const sent = all(face, "request.sent").map(({ purpose, endpoint }) => [purpose, endpoint]);
  expect(sent).toEqual([
    ["turn", "test"],
    ["judge", "other"],
    ["turn", "test"],
    ["judge", "other"],
  ]);
  await face.submit({ input: "again", session });
  const second = await face.untilKind("turn.finished", (entry) => entry.turn !== end.turn);
  expect(second.data).toMatchObject({
    finish: "failed",
    error: { message: expect.stringContaining("no verdict: hm") },
  });
});

test("the documented redaction by hook: the tool gets real values, the model placeholders, also in errors", async () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/hooks.md"), "utf8");
  const source = /```js\n([^]*?)```/.exec(page)?.[1] ?? "";
  const { face, server, workspace } = await hooked(
    script()
      .calls("files_read", { path: "clients.txt" })
      .calls("shell_run", { command: "echo '<crm-1>' > sent.txt; ls '<crm-2>'" })
      .says("wrote to <crm-1>"),
    (home) => {
      writeFileSync(join(home, "crm-redact.mjs"), source);
      const command = [process.execPath, "./crm-redact.mjs"];
      return { hooks: [{ name: "crm", at: ["before", "after"], command }] };
    },
  );
  writeFileSync(join(workspace, "clients.txt"), "CRM-ABC-123456 and CRM-XYZ-999999\n");
  await face.submit({ input: "write to the first client", workspace, overrides: { yes: true } });
  expect((await finished(face)).data).toEqual({ finish: "done", text: "wrote to <crm-1>" });
  expect(readFileSync(join(workspace, "sent.txt"), "utf8")).toBe("CRM-ABC-123456\n");
  const sent = server.requests.map(({ text }) => text).join("\n");
  expect(sent).toContain("<crm-2>");
  expect(sent).not.toMatch(/CRM-(ABC|XYZ)/);
});

test("killed while a hook runs: nothing of the hook is left, and the call is decided after a restart", async () => {
  const { face, helper, home, workspace, restart } = await hooked(
    script().calls("files_list", { path: "." }).says("ok"),
    (folder) => {
      const body = `
        writeFileSync("${folder}/pid", process.pid + "\\n");
        if (!existsSync("${folder}/go")) await new Promise((resolve) => setTimeout(resolve, 1e8));
        return {};`;
      return { hooks: [{ name: "slow", at: ["before"], limitMs: 600_000, command: program(folder, "slow", body) }] };
    },
  );
  await face.submit({ input: "go", workspace });
  const [pid = 0] = await pidsIn(join(home, "pid"), 1);
  await helper.kill();
  writeFileSync(join(home, "go"), "");
  expect(isAlive(pid)).toBe(true);
  const { face: again } = await restart();
  expect((await finished(again)).data.finish).toBe("done");
  expect(isAlive(pid)).toBe(false);
  expect(all(again, "hook.applied")).toHaveLength(1);
});

test("cancelling ends a hook that hangs, and the turn with it", async () => {
  const { face, workspace } = await hooked(script().calls("files_list", { path: "." }), (home) => ({
    hooks: [
      {
        ...{ name: "slow", at: ["before"], limitMs: 600_000 },
        command: program(home, "slow", "await new Promise((resolve) => setTimeout(resolve, 1e8));"),
      },
    ],
  }));
  const { session } = await face.submit({ input: "go", workspace });
  await face.untilKind("tool.requested");
  await face.connection.request("turn.cancel", { session, by: "test" });
  expect((await finished(face)).data.finish).toBe("cancelled");
  expect(all(face, "tool.finished")).toMatchObject([{ outcome: "cancelled" }]);
});
