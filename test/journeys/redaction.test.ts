import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Entry, EntryOf } from "../../src/protocol/entries.ts";
import { removeFolder, startHelper, temporaryFolder, type TestHelper, type Witness, witness } from "../fakes/helper.ts";
import { cliOn } from "../commands/cli/run-cli.ts";
import {
  type Behaviour,
  gate,
  type ModelServer,
  type RequestBody,
  script,
  startModelServer,
} from "../fakes/model-server.ts";

const EMAIL = "alice.liddell@wonder.example";
const PHONE = "+49 171 2345678";
const CARD = "4111 1111 1111 1111";
const SECRET = "sk-live-Ab3dEf6hIj9kLm2n";
const PASSWORD = "Tr0ub4dor&3x";
const WORD = "Jabberwocky";
const PRIVATE = [EMAIL, PHONE, CARD, SECRET, PASSWORD, WORD];
/** Every spelling in which one of them could leave. */
const SPELLINGS = PRIVATE.flatMap((value) => [
  value,
  encodeURIComponent(value),
  JSON.stringify(value).slice(1, -1),
  value.replace(/[ -]/g, ""),
  value.toLowerCase(),
  value.replace("@", "\\u0040"),
]);
const leaked = (text: string) => [...new Set(SPELLINGS)].filter((value) => text.includes(value));

interface World {
  home: string;
  workspace: string;
  helper: TestHelper;
  face: Witness;
  server: ModelServer;
  restart(): Promise<Witness>;
}

/** A helper on a home of its own that asks a scripted model on an endpoint of this trust. */
async function world(
  behaviour: Behaviour,
  redaction: object = { words: [WORD] },
  trust: "local" | "remote" = "remote",
): Promise<World> {
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const [home, workspace] = [temporaryFolder("home"), temporaryFolder("workspace")];
  onTestFinished(() => removeFolder(home));
  onTestFinished(() => removeFolder(workspace));
  writeFileSync(join(home, "config.json"), JSON.stringify({ redaction }));
  const start = async () => {
    const helper = await startHelper(home);
    onTestFinished(() => helper.kill());
    return { helper, face: await witness(helper) };
  };
  const first = await start();
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", trust };
  await first.face.connection.request("endpoint.add", { name: "test", profile, use: true });
  return { home, workspace, server, ...first, restart: async () => (await start()).face };
}

/** Every byte that the home keeps, but for the vault's key and what tools kept whole. */
function keptBytes(home: string): string {
  const files = readdirSync(home).filter((name) => name.startsWith("loopd.db"));
  return files.map((name) => readFileSync(join(home, name), "latin1")).join("\n");
}

/** Messages without `cache_control`, which moves from request to request and which no model reads. */
const textOf = (body: RequestBody | undefined) =>
  JSON.stringify(body?.messages ?? [], (key, value: unknown) => (key === "cache_control" ? undefined : value));
/** The placeholder of a kind that a request tells of. */
const placeholder = (body: RequestBody, kind: string, number = 1) =>
  new RegExp(`<${kind}:${number}:[a-z0-9]{5}>`).exec(textOf(body))?.[0] ?? `no ${kind} ${number}`;

function expectExtending(server: ModelServer): void {
  for (const [index, { body }] of server.requests.entries()) {
    const before = server.requests[index - 1]?.body;
    if (before === undefined) continue;
    expect(JSON.stringify([body.system, body.tools])).toBe(JSON.stringify([before.system, before.tools]));
    expect(textOf(body).startsWith(textOf(before).slice(0, -1))).toBe(true);
  }
}

/** Approves every card until the turn is over. */
async function approvingAll(face: Witness): Promise<EntryOf<"turn.finished">> {
  const done = new Set<string>();
  const isNext = (entry: Entry): entry is EntryOf<"turn.finished" | "card.opened"> =>
    entry.kind === "turn.finished" || (entry.kind === "card.opened" && !done.has(entry.data.cardId));
  for (;;) {
    const entry = await face.until(isNext);
    if (entry.kind === "turn.finished") return entry;
    const { cardId } = entry.data;
    done.add(cardId);
    await face.connection.request("card.resolve", { cardId, resolution: "approved", by: "test" });
  }
}

test(
  "ten steps with private values everywhere: none leaves, none is kept, tools and the person see them all",
  { timeout: 120_000 },
  async () => {
    const steps = (body: RequestBody, number: number) => {
      const [email, phone, card, secret] = ["email", "phone", "card", "secret"].map((kind) => placeholder(body, kind));
      const plans = [
        () => script().calls("files_list", {}),
        () => script().calls("files_read", { path: "people.json" }),
        () => script().calls("files_read", { path: `${email}.txt` }),
        () => script().calls("files_read", { path: `missing-${email}.txt` }),
        () =>
          script().calls([
            { name: "files_read", input: { path: "notes.md" } },
            { name: "files_read", input: { path: `${placeholder(body, "word")}/plan.md` } },
          ]),
        () => script().calls("files_search", { pattern: "password" }),
        () =>
          script().calls("shell_run", {
            command: `printf '%s\\n' '${email}' '${phone}' '${card}' '${secret}' > out.txt; cat out.txt`,
          }),
        () => script().calls("shell_run", { command: `ls '${email}-gone'` }),
        () => script().calls("no_such_tool", { to: email }),
        () => script().calls("files_read", { path: 7 }),
      ];
      return plans[number - 1]?.() ?? script().says(`Wrote ${email}, ${phone}, ${card} and ${secret}.`);
    };
    const { home, workspace, helper, face, server, restart } = await world(steps);
    writeFileSync(join(workspace, `${EMAIL}.txt`), `Call ${PHONE}\n`);
    writeFileSync(
      join(workspace, "people.json"),
      `{"${EMAIL}": {"card": ${CARD.replaceAll(" ", "")}, "mail": "alice.liddell\\u0040wonder.example"}}\n`,
    );
    writeFileSync(
      join(workspace, "notes.md"),
      `password: ${PASSWORD}\nthen ${PASSWORD} alone, ${encodeURIComponent(EMAIL)}\n`,
    );
    mkdirSync(join(workspace, WORD));
    writeFileSync(join(workspace, WORD, "plan.md"), `${WORD.toUpperCase()} for ${SECRET}\n`);

    const input = `Write to ${EMAIL} or ${PHONE}, card ${CARD}, key ${SECRET}, about ${WORD}.`;
    const { session } = await face.submit({ input, workspace });
    await face.untilKind("card.opened");
    await helper.kill();
    const again = await restart();
    const end = await approvingAll(again);
    expect(end.data.text).toBe(`Wrote ${EMAIL}, ${PHONE}, ${CARD} and ${SECRET}.`);
    expect(readFileSync(join(workspace, "out.txt"), "utf8")).toBe([EMAIL, PHONE, CARD, SECRET, ""].join("\n"));

    expect(server.requests.length).toBe(11);
    for (const { text, path, headers } of server.requests)
      expect(leaked(`${path} ${JSON.stringify(headers)} ${text}`)).toEqual([]);
    expectExtending(server);
    const { entries } = await again.connection.request("entries.read", { session, limit: 1000 });
    expect(entries.find((entry) => entry.kind === "turn.started")?.data).toMatchObject({ input });
    const { hits } = await again.connection.request("session.search", { query: EMAIL });
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.some(({ snippet }) => snippet.includes(EMAIL))).toBe(true);
    expect(leaked(keptBytes(home))).toEqual([]);
    expect(outcomesOf(entries)).toEqual(["ok", "ok", "ok", "error", "ok", "ok", "ok", "ok", "ok", "invalid", "error"]);
  },
);

const outcomesOf = (entries: Entry[]) =>
  entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));

test("what the model says reaches the person with real values while it is said", async () => {
  const rest = gate();
  const { face, workspace } = await world((body) =>
    script()
      .says(`To ${placeholder(body, "email")} I wrote.`)
      .pauses(rest),
  );
  await face.submit({ input: `Write to ${EMAIL}`, workspace });
  const said = () => face.deltas.filter(({ channel }) => channel === "text").map(({ text }) => text);
  await face.until((entry): entry is Entry => said().length > 0 && entry.seq > 0);
  rest.release();
  await face.untilKind("turn.finished");
  expect(said().length).toBeGreaterThan(1);
  expect(said().join("")).toBe(`To ${EMAIL} I wrote.`);
});

test("a session that ran local and goes remote: nothing that was said before leaves in the clear", async () => {
  const { face, home, server, workspace } = await world(
    script().calls("files_read", { path: "a.txt" }).says("ok").repeatLast(),
    {},
    "local",
  );
  writeFileSync(join(workspace, "a.txt"), `password: ${PASSWORD}, ${EMAIL}\n`);
  const { session } = await face.submit({ input: `Is ${PASSWORD} right? Ask ${PHONE}`, workspace });
  await face.untilKind("turn.finished");
  expect(leaked(server.requests.map(({ text }) => text).join("\n"))).not.toEqual([]);
  expect(keptBytes(home)).toContain("epoch.opened");

  const local = server.requests.length;
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", trust: "remote" as const };
  await face.connection.request("endpoint.add", { name: "away", profile, use: true });
  for (const input of ["And now?", `Ask ${EMAIL}`]) {
    const { turn } = await face.submit({ session, input });
    await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  }
  const sent = server.requests.slice(local);
  expect(sent.length).toBe(2);
  expect(leaked(sent.map(({ text }) => text).join("\n"))).toEqual([]);
  expect(textOf(sent[1]?.body).startsWith(textOf(sent[0]?.body).slice(0, -1))).toBe(true);
});

test("an endpoint that is no longer local, or a new word of the person, opens an epoch that holds placeholders", async () => {
  const { face, home, server, workspace } = await world(script().says("ok").repeatLast(), {}, "local");
  const ask = async (input: string, session?: string) => {
    const submitted = await face.submit({ input, workspace: session === undefined ? workspace : undefined, session });
    await face.untilKind("turn.finished", (entry) => entry.turn === submitted.turn);
    return submitted.session;
  };
  const session = await ask(`About ${WORD} and ${EMAIL}`);
  await face.connection.request("endpoint.set", { name: "test", changes: { trust: "remote" } });
  await ask("again", session);
  const config = JSON.parse(readFileSync(join(home, "config.json"), "utf8")) as object;
  writeFileSync(join(home, "config.json"), JSON.stringify({ ...config, redaction: { words: [WORD] } }));
  await ask("and again", session);
  const bodies = server.requests.map(({ text }) => text);
  expect(bodies.map((text) => [text.includes(EMAIL), text.includes(WORD)])).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]);
  const reasons = face.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data.reason] : []));
  expect(reasons).toEqual(["start", "redaction", "redaction"]);
});

test("nothing is replaced for a local endpoint, nor where it is switched off; a key file comes with the first need", async () => {
  for (const [redaction, trust] of [
    [{}, "local"],
    [{ mode: "off" }, "remote"],
  ] as const) {
    const { face, home, server, workspace } = await world(script().says("ok"), redaction, trust);
    await face.submit({ input: `Ask ${EMAIL}`, workspace });
    await face.untilKind("turn.finished");
    expect(server.requests[0]?.text).toContain(EMAIL);
    expect(readdirSync(home)).not.toContain("vault.key");
  }
});

test("without a usable key nothing is sent and nothing is kept; the error says what to do", async () => {
  const { face, home, server, workspace } = await world(script().says("ok"));
  writeFileSync(join(home, "vault.key"), "damaged\n");
  await expect(face.submit({ input: `Ask ${EMAIL}`, workspace })).rejects.toMatchObject({
    code: "home-unusable",
    message: expect.stringContaining("Put the right file back") as string,
  });
  expect(server.requests).toEqual([]);
  expect(leaked(keptBytes(home))).toEqual([]);
  expect(readFileSync(join(home, "vault.key"), "utf8")).toBe("damaged\n");
});

test("the command line shows, lists and forgets", { timeout: 60_000 }, async () => {
  const { face, home, helper, server, workspace } = await world((body) =>
    script().says(`It is ${placeholder(body, "email")}.`),
  );
  expect(helper.pid).toBeGreaterThan(0);
  const cli = cliOn(home);
  const { stdout } = await cli.run(["ask", `Who is ${EMAIL}?`], { cwd: workspace });
  expect(stdout.trim()).toBe(`It is ${EMAIL}.`);
  const listed = await cli.run(["vault", "list"]);
  expect(listed.stdout).toMatch(/email:1:[a-z0-9]{5}/);
  expect(listed.stdout).not.toContain(EMAIL);
  const [row] = await cli.json<{ id: string; value: string; session: string }[]>("vault", "list", "--reveal");
  expect(row?.value).toBe(EMAIL);
  const id = row?.id ?? "";
  const forgotten = await cli.run(["vault", "forget", id]);
  expect(forgotten.stdout).toBe("Forgot 1 value.\n");
  const { turns } = await face.connection.request("session.show", { session: row?.session ?? "" });
  expect(turns[0]).toMatchObject({ input: `Who is <${id} (forgotten)>?`, text: `It is <${id} (forgotten)>.` });
  const unknown = await cli.run(["vault", "forget", "email:7:zzzzz"]);
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining("loopd vault list")]);
  expect((await cli.run(["vault", "forget"])).exitCode).toBe(2);
  expect(leaked(server.requests.map(({ text }) => text).join("\n"))).toEqual([]);
});
