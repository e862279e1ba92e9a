import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, startHelper, temporaryFolder, type Witness, witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-script.ts";
import { startModelServer } from "../fakes/model-server.ts";
import { runtimes } from "../fakes/runtime-server.ts";
import { ROOMY, startWindowed } from "../fakes/windowed-server.ts";

async function turn(face: Witness, request: Parameters<Witness["submit"]>[0]) {
  const asked = await face.submit(request);
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === asked.turn);
  return { ...asked, end: end.data };
}

/** A server that counts who connects to it, and answers nobody. */
async function trap(): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createServer();
  server.on("connection", (socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

const DIALECTS = ["anthropic", "openai"] as const;

test("a profile that moves to another server takes the conversation along, and no thought of the old one", async () => {
  const first = await startModelServer(script().thinks("secret thought", "signature-one").says("one"));
  const second = await startModelServer(script().says("two").says("three"));
  onTestFinished(async () => void (await Promise.all([first.close(), second.close()])));
  const { face, workspace } = await journey(script());
  const set = (url: string) => face.connection.request("endpoint.set", { name: "test", changes: { url } });
  await set(first.url);
  const { session } = await turn(face, { input: "the first question", workspace });
  await set(`${second.url}/v1`);
  expect((await turn(face, { input: "the second question", session })).end.text).toBe("two");
  expect(second.requests[0]?.text).toContain("the first question");
  expect(second.requests[0]?.text).not.toMatch(/secret thought|signature-one/);
  // The same server, spelled otherwise.
  await set(second.url);
  await turn(face, { input: "the third question", session });
  const opened = face.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data.reason] : []));
  expect(opened).toEqual(["start", "model"]);
});

test("dialect, address and key of a profile change in the middle of a session: history stays, thinking and keys do not travel", async () => {
  const first = await startModelServer(
    script().thinks("secret thought", "signature-one").calls("files_list", {}).says("one").says("three").says("four"),
  );
  const second = await startModelServer(script().thinks("other thought", "").says("two"));
  onTestFinished(async () => void (await Promise.all([first.close(), second.close()])));
  const { face, workspace } = await journey(script());
  const set = (changes: object, key?: string) =>
    face.connection.request("endpoint.set", { name: "test", changes, ...(key === undefined ? {} : { key }) });
  await set({ url: first.url, auth: "x-api-key" }, "key-one");
  const { session } = await turn(face, { input: "the first question", workspace });

  await set({ url: second.url, dialect: "openai", auth: "bearer" }, "key-two");
  expect((await turn(face, { input: "the second question", session })).end.text).toBe("two");
  const [asked] = second.requests;
  expect(asked?.headers).toMatchObject({ authorization: "Bearer key-two" });
  expect(JSON.stringify([asked?.headers, asked?.text])).not.toMatch(/key-one|secret thought|signature-one/);
  expect(asked?.text).toContain("the first question");

  // The key went with the address that it was given for.
  await set({ url: first.url, dialect: "anthropic", auth: "x-api-key" });
  const refused = await turn(face, { input: "the third question", session });
  expect(refused.end).toMatchObject({ finish: "failed", error: { code: "endpoint-unauthorized" } });
  expect(first.requests).toHaveLength(2);
  await set({}, "key-three");
  expect((await turn(face, { input: "the fourth question", session })).end.text).toBe("three");
  const last = first.requests.at(-1);
  expect(last?.headers).toMatchObject({ "x-api-key": "key-three" });
  expect(JSON.stringify([last?.headers, last?.text])).not.toMatch(/key-(one|two)|thought|signature/);
  for (const words of ["the first question", "the second question", "two", "the fourth question"])
    expect(last?.text).toContain(words);

  // Only the dialect: the same address and model, and yet what one dialect signed is none of the other's business.
  const opened = face.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data] : []));
  expect(opened.map(({ reason, dialect }) => `${reason} ${dialect}`)).toEqual([
    "start anthropic",
    "model openai",
    "model anthropic",
  ]);
  expect(opened.slice(1).map(({ keeps }) => keeps)).toEqual(["without-thinking", "without-thinking"]);
});

test.each(DIALECTS)(
  "with keys and proxies in the helper's environment, turns, probes, looks and detection over %s carry none of them",
  async (dialect) => {
    const proxy = await trap();
    const base = await trap();
    const environment = {
      ANTHROPIC_API_KEY: "environment-1",
      ANTHROPIC_AUTH_TOKEN: "environment-2",
      ANTHROPIC_BASE_URL: base.url,
      ANTHROPIC_CUSTOM_HEADERS: "x-leak: environment-3",
      OPENAI_API_KEY: "environment-4",
      OPENAI_ADMIN_KEY: "environment-5",
      OPENAI_BASE_URL: base.url,
      OPENAI_ORG_ID: "environment-6",
      OPENAI_PROJECT_ID: "environment-7",
      ...Object.fromEntries(
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
          .flatMap((name) => [name, name.toLowerCase()])
          .map((name) => [name, proxy.url]),
      ),
      NO_PROXY: "",
      NODE_USE_ENV_PROXY: "1",
    };
    const server = await startWindowed(
      script().calls("files_list", {}).says("done").says("unsaved").says("probed").says("probed"),
      ROOMY,
      runtimes.llamaServer(32_768, 32_768),
    );
    const home = temporaryFolder("home");
    onTestFinished(() => removeFolder(home));
    const helper = await startHelper(home, environment);
    onTestFinished(() => helper.kill());
    const face = await witness(helper);
    const profile = { dialect, url: server.url, model: "m", trust: "local" as const };
    await face.connection.request("endpoint.add", { name: "box", profile, use: true });
    expect((await turn(face, { input: "look", workspace: home })).end.finish).toBe("done");
    const unsaved = await turn(face, {
      input: "look",
      workspace: home,
      unsaved: { profile: { ...profile, auth: "none" } },
    });
    expect(unsaved.end.finish).toBe("done");
    await face.connection.request("endpoint.probe", { name: "box" }).catch(() => undefined);
    await face.connection.request("endpoint.detect", { ports: [server.port] });
    expect(server.seen.length).toBeGreaterThan(15);
    for (const { headers, path, body } of server.seen) {
      expect(JSON.stringify([headers, path, body])).not.toMatch(/environment-\d|x-leak/);
      expect(headers).not.toHaveProperty("authorization");
      expect(headers).not.toHaveProperty("x-api-key");
    }
    expect([proxy.connections(), base.connections()]).toEqual([0, 0]);
  },
);

test("a key goes to its own profile's address alone: other profiles at the same server, looks and detection do without", async () => {
  const steps = script().says("one").says("two").says("three");
  const server = await startWindowed(steps, ROOMY, runtimes.llamaServer(32_768, 32_768));
  const { face, workspace } = await journey(script().says("never asked"));
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", trust: "local" as const };
  await face.connection.request("endpoint.add", {
    name: "keyed",
    profile: { ...profile, auth: "x-api-key" },
    key: "key-of-keyed",
  });
  await face.connection.request("endpoint.add", { name: "bare", profile });
  await turn(face, { input: "hello", workspace, endpoint: "bare" });
  await face.connection.request("endpoint.detect", { ports: [server.port] });
  expect(JSON.stringify(server.seen)).not.toContain("key-of-keyed");
  const before = server.seen.length;
  await turn(face, { input: "hello", workspace, endpoint: "keyed" });
  const own = server.seen.slice(before);
  expect(own.every(({ headers }) => headers["x-api-key"] === "key-of-keyed")).toBe(true);
  expect(own.some(({ method }) => method === "GET")).toBe(true);
  expect(own.filter(({ method }) => method === "POST")).toHaveLength(1);
});

test.each(DIALECTS.flatMap((dialect) => [[dialect, "as a stream"] as const, [dialect, "in one piece"] as const]))(
  "arguments cut off over %s %s never run: no witness, whatever the turn allows",
  async (dialect, way) => {
    const steps = script();
    // Cut off as well, but as an object that a server has closed: nobody can say that it is whole.
    const closed = script().truncatedArguments("shell_run", '{"command":"touch witness"}').whole();
    if (dialect === "anthropic") steps.steps.push(...closed.steps);
    const texts = ['{"command":"touch witness', '{"command":"touch witness","outside":tr', ""];
    for (const [index, text] of texts.entries()) {
      const reason = ["tool_use", "end_turn", "max_tokens"][index] ?? "";
      const cut = script().truncatedArguments("shell_run", text).stopReason(reason);
      steps.steps.push(...(way === "in one piece" ? cut.whole() : cut).steps);
    }
    const { face, workspace } = await journey(steps.says("gave up"));
    await face.connection.request("endpoint.set", { name: "test", changes: { dialect } });
    const rules = { overrides: { yes: true } };
    const { end } = await turn(face, { input: "touch it", workspace, ...rules });
    expect(end.text).toBe("gave up");
    const started = face.entries.filter(({ kind }) => kind === "tool.started" || kind === "card.opened");
    expect(started).toEqual([]);
    const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
    expect(outcomes).toEqual(steps.steps.slice(0, -1).map(() => "invalid"));
    expect(existsSync(join(workspace, "witness"))).toBe(false);
  },
);
