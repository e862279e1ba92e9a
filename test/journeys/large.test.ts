import { expect, test } from "vitest";
import { witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

test("a session of many large prompts, over a change of model, is followed and read whole", async () => {
  const { helper, face, server, workspace } = await journey(script().says("ok").repeatLast());
  await face.connection.request("endpoint.set", { name: "test", changes: { window: 10_000_000 } });
  const words = "ä".repeat(900_000);
  let session: string | undefined;
  for (let index = 0; index < 6; index += 1) {
    const model = index < 5 ? "m" : "other";
    const submitted = await face.submit({
      input: `${index} ${words}`,
      workspace,
      model,
      ...(session === undefined ? {} : { session }),
    });
    session = submitted.session;
    await face.untilKind("turn.finished", (entry) => entry.turn === submitted.turn);
  }
  // A face that comes later gets all of it, in frames that fit.
  const late = await witness(helper);
  await late.untilKind("turn.finished", (entry) => entry.seq === face.entries.at(-1)?.seq);
  expect(late.entries).toEqual(face.entries);
  expect(late.entries.filter((entry) => entry.kind === "epoch.opened").map((entry) => entry.data.reason)).toEqual([
    "start",
    "model",
  ]);
  const messages = (server.requests.at(-1)?.body as { messages: unknown[] }).messages;
  expect(messages).toHaveLength(11);
});

test("a prompt that is small in characters and large in bytes is refused by its size", async () => {
  const { face } = await journey(script().says("ok"));
  const input = `x${"\u0001".repeat(600_000)}`;
  await expect(face.submit({ input, workspace: "/" })).rejects.toMatchObject({ code: "prompt-too-large" });
});

test("an answer that comes in one huge piece is streamed whole", async () => {
  const answer = "words 😀 ".repeat(100_000);
  const { face, workspace } = await journey(script().says(answer).oneChunk());
  await face.submit({ input: "much", workspace });
  await face.untilKind("turn.finished");
  const streamed = face.deltas.filter(({ channel }) => channel === "text").map(({ text }) => text);
  expect(streamed.length).toBeGreaterThan(1);
  expect(streamed.join("")).toBe(answer);
});

test("an answer that no frame could hold fails the turn, and the helper serves on", async () => {
  const { face, server, workspace } = await journey(script().says("x".repeat(5_000_000)).oneChunk().repeatLast());
  await face.submit({ input: "much", workspace });
  const end = await face.untilKind("turn.finished");
  expect(end.data).toMatchObject({ finish: "failed", error: { code: "endpoint-bad-response" } });
  expect(server.requests).toHaveLength(1);
  expect((await face.connection.request("session.list", {})).sessions).toHaveLength(1);
});
