import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { EndpointProfile } from "../../src/protocol/endpoint-profile.ts";
import type { Entry, EntryOf } from "../../src/protocol/entries.ts";
import { homeWith } from "../fakes/delegating.ts";
import { removeFolder, startHelper, temporaryFolder, type Witness, witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type ModelScript, script } from "../fakes/model-script.ts";
import { answerJson, type Route, runtimes } from "../fakes/runtime-server.ts";
import { ROOMY, startWindowed, type WindowManners, type WindowedServer } from "../fakes/windowed-server.ts";

const DIALECTS = ["anthropic", "openai"] as const;

interface Place {
  face: Witness;
  server: WindowedServer;
  workspace: string;
  home: string;
}

/** A helper whose endpoint `box` is such a server. */
async function place(
  steps: ModelScript,
  manners: WindowManners,
  profile: Partial<EndpointProfile> = {},
  routes: Record<string, Route> = {},
): Promise<Place> {
  const server = await startWindowed(steps, manners, routes);
  const workspace = temporaryFolder("workspace");
  const home = temporaryFolder("home");
  onTestFinished(() => [workspace, home].forEach(removeFolder));
  const helper = await startHelper(home);
  onTestFinished(() => helper.kill());
  const face = await witness(helper);
  const common = { dialect: "anthropic" as const, model: "qwen3-8b", trust: "local" as const, url: server.url };
  await face.connection.request("endpoint.add", { name: "box", profile: { ...common, ...profile }, use: true });
  return { face, server, workspace, home };
}

/** Reads so many files, one a step, then answers. */
function reads(count: number): ModelScript {
  const steps = script();
  for (let index = 0; index < count; index += 1) steps.calls("files_read", { path: `${index}.txt` });
  return steps.says("done");
}

function writeTexts(workspace: string, count: number, bytes: number): void {
  for (let index = 0; index < count; index += 1) {
    const lines = `line of file ${index} with some words in it\n`.repeat(Math.ceil(bytes / 38));
    writeFileSync(join(workspace, `${index}.txt`), lines.slice(0, bytes));
  }
}

async function turn(face: Witness, request: Parameters<Witness["submit"]>[0]) {
  const asked = await face.submit(request);
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === asked.turn);
  return { ...asked, end: end.data };
}

function ofKind<K extends Entry["kind"]>({ entries }: Witness, kind: K): EntryOf<K>["data"][] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.data as EntryOf<K>["data"]] : []));
}

const warnings = (face: Witness) => ofKind(face, "warning.raised");
const shown = async (face: Witness) => (await face.connection.request("endpoint.show", { name: "box" })).endpoint;
const looksOf = ({ seen }: WindowedServer) => seen.filter(({ method }) => method === "GET");

test.each(DIALECTS)(
  "an %s server that drops old messages in silence: the person is warned once an epoch, and its real window counts",
  async (dialect) => {
    const manners = { window: 4_096, full: "drops", counts: "whole" } as const;
    const { face, server, workspace } = await place(reads(9), manners, { dialect, window: 65_536 });
    writeTexts(workspace, 9, 3_000);
    const { end } = await turn(face, { input: "read all of them", workspace });
    expect(end).toMatchObject({ finish: "done", text: "done" });
    const [first, ...others] = warnings(face);
    expect(first?.code).toBe("messages-dropped");
    expect(first?.text).toMatch(/"box".*counted [\d,]+ tokens in a request of about [\d,]+/);
    expect(first?.text).toContain("OLLAMA_CONTEXT_LENGTH");
    expect(first?.text).toContain("loopd endpoints set box --window N");
    expect(others).toEqual([]);
    const { usableWindow, capabilities } = await shown(face);
    expect(usableWindow).toMatchObject({ source: "observed" });
    expect(usableWindow.tokens).toBeLessThanOrEqual(4_096);
    expect(usableWindow.tokens).toBeGreaterThan(2_000);
    expect(capabilities["observedWindow"]).toMatchObject({ source: expect.stringContaining("count") as string });
    // From then on the conversation is kept smaller than that.
    const alarm = face.entries.findIndex(({ kind }) => kind === "warning.raised");
    const after = face.entries.slice(alarm).filter(({ kind }) => kind === "epoch.opened" || kind === "epoch.skipped");
    expect(after[0]).toMatchObject({ kind: "epoch.opened", data: { reason: "window" } });
    expect(server.taken.at(-1)).toBeLessThan(4_096);
    // What the person says afterwards counts again.
    await face.connection.request("endpoint.set", { name: "box", changes: { window: 32_768 } });
    expect((await shown(face)).usableWindow).toMatchObject({ tokens: 32_768, source: "declared" });
  },
);

test.each([
  ["fresh", "anthropic"],
  ["fresh", "openai"],
  ["zero", "anthropic"],
  ["nothing", "openai"],
  ["garbage", "anthropic"],
] as const)(
  "a server that reports %s tokens over %s raises no alarm, and its window stays what was declared",
  async (counts, dialect) => {
    const { face, workspace } = await place(reads(8), { ...ROOMY, counts }, { dialect, window: 200_000 });
    writeTexts(workspace, 8, 5_000);
    const { end } = await turn(face, { input: "read all of them", workspace });
    expect(end.finish).toBe("done");
    expect(warnings(face)).toEqual([]);
    expect((await shown(face)).usableWindow).toMatchObject({ tokens: 200_000, source: "declared" });
  },
);

test("what is loaded counts without a probe, against any claim; the person hears of it once", async () => {
  const steps = script().says("one").says("two");
  const routes = runtimes.llamaServer(8_192, 262_144);
  const { face, server, workspace } = await place(steps, ROOMY, { window: 262_144 }, routes);
  const { session } = await turn(face, { input: "hello", workspace });
  expect((await shown(face)).usableWindow).toMatchObject({ tokens: 8_192, source: "loaded" });
  expect(warnings(face)).toEqual([
    { code: "window-smaller", text: expect.stringMatching(/8,192 tokens loaded.*262,144.*--window 8192/) as string },
  ]);
  // Looked at before anything was asked, by nothing but GET requests, and not again within a minute.
  const first = server.seen.findIndex(({ method }) => method !== "GET");
  const looks = looksOf(server);
  expect(looks.length).toBeGreaterThan(3);
  expect(first).toBe(looks.length);
  expect(server.seen.slice(first).map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /v1/messages"]);
  await turn(face, { input: "and again", session });
  expect(looksOf(server)).toHaveLength(looks.length);
  expect(warnings(face)).toHaveLength(1);
});

test.each([
  ["Ollama", runtimes.ollama(8_192, 262_144), "qwen3:8b"],
  ["LM Studio", runtimes.lmStudio(8_192, 262_144), "qwen3-8b"],
  ["vLLM", runtimes.vllm(8_192), "Qwen/Qwen3-8B"],
] as const)("%s is asked the same way, without a prompt and without a post", async (_name, routes, model) => {
  const { face, server, workspace } = await place(script().says("ok"), ROOMY, { model, window: 262_144 }, routes);
  await turn(face, { input: "hello", workspace });
  expect((await shown(face)).usableWindow).toMatchObject({ tokens: 8_192, source: "loaded" });
  expect(server.seen.filter(({ method }) => method !== "GET").map(({ path }) => path)).toEqual(["/v1/messages"]);
});

test("a model that is loaded by the first request only is looked at again behind it", async () => {
  let running: object[] = [];
  const routes: Record<string, Route> = {
    ...runtimes.ollama(undefined, 262_144),
    "/api/ps": (_request, response) => {
      answerJson(response, { models: running });
      running = [{ name: "qwen3:8b", context_length: 8_192 }];
    },
  };
  const { face, workspace } = await place(script().says("one"), ROOMY, { model: "qwen3:8b", window: 32_768 }, routes);
  await turn(face, { input: "hello", workspace });
  await vi.waitFor(async () => expect((await shown(face)).usableWindow).toMatchObject({ tokens: 8_192 }), 20_000);
});

test("a server elsewhere, one that answers nothing to a look, and one that answers nonsense: the turn goes on", async () => {
  const far = await place(script().says("ok"), ROOMY, { trust: "remote" }, runtimes.llamaServer(8_192, 262_144));
  expect((await turn(far.face, { input: "hello", workspace: far.workspace })).end.finish).toBe("done");
  expect(looksOf(far.server)).toEqual([]);
  expect((await shown(far.face)).usableWindow).toMatchObject({ tokens: 32_768, source: "assumed" });

  const silent: Record<string, Route> = { "/props": () => {}, "/api/version": () => {}, "/v1/models": () => {} };
  const mute = await place(script().says("ok"), ROOMY, {}, silent);
  expect((await turn(mute.face, { input: "hello", workspace: mute.workspace })).end.finish).toBe("done");

  const huge = `[${"[".repeat(50_000)}`;
  const nonsense: Record<string, Route> = {
    "/props": { default_generation_settings: { n_ctx: -1 } },
    "/api/ps": (_request, response) => void response.writeHead(200).end(huge),
    "/v1/models": { data: [{ id: "qwen3-8b", max_model_len: 1e300 }] },
    "/api/version": (_request, response) => void response.destroy(),
  };
  const mad = await place(script().says("ok"), ROOMY, {}, nonsense);
  expect((await turn(mad.face, { input: "hello", workspace: mad.workspace })).end.finish).toBe("done");
  for (const { face } of [mute, mad])
    expect((await shown(face)).usableWindow).toEqual({ tokens: 4_096, source: "assumed" });
});

test.each(DIALECTS)("an error of the %s dialect that names the window is believed at once", async (dialect) => {
  const manners = { window: 6_000, full: "names", counts: "whole" } as const;
  const { face, server, workspace } = await place(reads(9), manners, { dialect, window: 65_536 });
  writeTexts(workspace, 9, 3_000);
  const { end } = await turn(face, { input: "read all of them", workspace });
  expect(end).toMatchObject({ finish: "done", text: "done" });
  expect((await shown(face)).usableWindow).toMatchObject({ tokens: 6_000, source: "observed" });
  expect(ofKind(face, "request.failed")).toMatchObject([{ code: "endpoint-context-overflow" }]);
  expect(Math.max(...server.taken)).toBeLessThanOrEqual(6_000);
  expect(warnings(face)).toEqual([]);
});

test("what an unsaved endpoint teaches counts as well, and is written nowhere", async () => {
  const manners = { window: 4_096, full: "drops", counts: "whole" } as const;
  const { face, server, workspace, home } = await place(reads(9), manners, { window: 200_000 });
  writeTexts(workspace, 9, 3_000);
  const profile = {
    dialect: "anthropic" as const,
    url: server.url,
    model: "m",
    trust: "local" as const,
    window: 65_536,
  };
  const { end } = await turn(face, { input: "read", workspace, unsaved: { profile } });
  expect(end).toMatchObject({ finish: "done" });
  expect(warnings(face)).toMatchObject([{ text: expect.stringContaining("LOOPD_ENDPOINT_WINDOW=N") as string }]);
  expect(ofKind(face, "epoch.opened").map(({ reason }) => reason)).toContain("window");
  await face.connection.request("endpoint.set", { name: "box", changes: { window: null } });
  expect(() => readFileSync(join(home, "capabilities.json"), "utf8")).toThrow("ENOENT");
});

test("a judge that names no model is the endpoint's fast one, also where the turn asks another", async () => {
  const judge = { name: "short", at: ["answer"], builtin: "judge", prompt: "Short answers pass." };
  const { face, server, workspace } = await journey(
    ({ system = "" }) => script().says(system.startsWith("You judge") ? '{"verdict":"pass"}' : "short"),
    { home: homeWith({ hooks: [judge] }) },
  );
  const ask = async (request: object) => {
    const { end } = await turn(face, { input: "tell", workspace, ...request });
    expect(end).toMatchObject({ finish: "done", text: "short" });
    return server.requests.splice(0).map(({ body }) => body.model);
  };
  expect(await ask({})).toEqual(["m", "m"]);
  await face.connection.request("endpoint.set", { name: "test", changes: { models: { fast: "small" } } });
  expect(await ask({})).toEqual(["m", "small"]);
  expect(await ask({ model: "other" })).toEqual(["other", "small"]);
});
