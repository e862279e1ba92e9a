import { expect, test } from "vitest";
import { ask, fork } from "../fakes/conversation.ts";
import { journey } from "../fakes/journey.ts";
import { type RequestBody, script } from "../fakes/model-server.ts";
import { readsFiles, writeFiles } from "../fakes/reading-model.ts";

type Face = Awaited<ReturnType<typeof journey>>["face"];

async function windowOf(face: Face, session: string) {
  return (await face.connection.request("session.window", { session })).window;
}

const tokensOf = (text: string) => Buffer.byteLength(text) / 3.5;

/** What a server got of each part, in tokens. */
function partsOf({ tools, system, messages }: RequestBody) {
  return {
    tools: tokensOf(JSON.stringify(tools)),
    system: tokensOf(JSON.stringify(system)),
    messages: tokensOf(JSON.stringify(messages)),
  };
}

test("the parts are those of the request that the model gets next", async () => {
  const { face, server, workspace } = await journey(
    script().calls("files_list", { path: "." }).says("Done.").repeatLast(),
  );
  const { session } = await ask(face, undefined, "What is here?", workspace);
  const before = await windowOf(face, session);
  expect(before).toMatchObject({ endpoint: "test", model: "m", tokens: 200_000, source: "declared" });
  await ask(face, session, "x");
  const sent = server.requests.at(-1)?.body;
  const got = partsOf(sent ?? { model: "", max_tokens: 0, messages: [] });
  const { parts } = before;
  const near = (tokens: number, bytes: number) => expect(Math.abs(tokens - bytes) / bytes).toBeLessThan(0.1);
  near(parts.tools, got.tools);
  near(parts.system, got.system);
  expect(parts.history).toBeGreaterThan(50);
  expect(parts.history).toBeLessThan(got.messages * 1.1);
  const { free = 0, reserve, ...filled } = parts;
  const sum = Object.values(filled).reduce((total, part) => total + part, 0);
  expect(before.next.tokens).toBe(sum);
  expect(free + reserve + sum).toBe(200_000);
  expect(reserve).toBe(sent?.max_tokens);
  expect(before.requests).toMatchObject({ turn: 2, summarise: 0, tooLarge: 0 });
  expect(before.requests.reusedShare).toBeGreaterThan(0.3);
});

test("usage that nobody reported is unknown, and what was reported is summed", async () => {
  const usage = { input_tokens: 100, output_tokens: 5 };
  const answers = script().says("One.").withoutUsage().says("Two.").withUsage(usage);
  const { face, workspace } = await journey(
    answers.says("Three.").withUsage({ ...usage, cache_read_input_tokens: 90 }),
  );
  const { session } = await ask(face, undefined, "1", workspace);
  expect((await windowOf(face, session)).reported).toEqual({});
  await ask(face, session, "2");
  expect((await windowOf(face, session)).reported).toEqual({ input: 100 });
  await ask(face, session, "3");
  expect((await windowOf(face, session)).reported).toEqual({ input: 290, fresh: 100, cached: 90 });
});

test("a small window is told with what made room in it", async () => {
  const { face, workspace } = await journey(readsFiles(9));
  writeFiles(workspace, 9);
  await face.connection.request("endpoint.set", { name: "test", changes: { window: 4_096 } });
  const { session, end } = await ask(face, undefined, "Which file is the largest?", workspace);
  expect(end.data.finish).toBe("done");
  const window = await windowOf(face, session);
  expect(window.tokens).toBe(4_096);
  expect(window.next.compactsAt).toBeLessThan(4_096);
  expect(window.next.tokens + window.parts.reserve).toBeLessThanOrEqual(4_096);
  const made = window.epochs.filter(({ reason }) => reason === "window");
  expect(made.length).toBeGreaterThan(0);
  for (const row of made) {
    expect(row.tokensAfter).toBeLessThan(row.tokensBefore ?? 0);
    expect(row.droppedExchanges + row.shortenedResults).toBeGreaterThan(0);
    expect(row.keptExchanges).toBeGreaterThan(0);
  }
  expect(window.parts.summary > 0).toBe(made.some(({ droppedExchanges }) => droppedExchanges > 0));
  const other = await fork(face, session);
  expect((await windowOf(face, other)).parts).toEqual(window.parts);
  await face.connection.request("session.clear", { session, by: "me" });
  expect((await windowOf(face, session)).parts).toMatchObject({ summary: 0, history: 0 });
  expect((await windowOf(face, session)).parts.tools).toBeGreaterThan(500);
});

test("the rehearsal model has no window, and an unknown session is an error", async () => {
  const { face, workspace } = await journey(script());
  const { session, turn } = await face.submit({ input: "Hello", workspace, endpoint: "rehearsal" });
  await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  const window = await windowOf(face, session);
  expect(window.tokens).toBeUndefined();
  expect(window.parts.free).toBeUndefined();
  await expect(face.connection.request("session.window", { session: "nope" })).rejects.toMatchObject({
    code: "unknown-session",
  });
});
