import { expect, test } from "vitest";
import type { Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

const ask = () =>
  script()
    .calls("ask_user", { question: "Which colour?", choices: ["red", "blue"] })
    .says("noted");
const questionOf = (face: Witness) => face.untilKind("card.opened", (entry) => entry.data.type === "question");
const countOf = (face: Witness, kind: string) => face.entries.filter((entry) => entry.kind === kind).length;
const resultOf = (body: object | undefined): unknown => {
  const { messages } = body as { messages: { content: { type: string; content?: unknown }[] }[] };
  return messages.at(-1)?.content.find(({ type }) => type === "tool_result")?.content;
};

test("a question waits for the person, and the answer is what the model gets", async () => {
  const { face, server } = await journey(ask());
  await face.submit({ input: "paint it" });
  const card = await questionOf(face);
  expect(card.data).toMatchObject({
    question: { text: "Which colour?", from: "model", choices: ["red", "blue"] },
    cardId: expect.stringMatching(/\.1\.0#1$/),
  });
  const { cards } = await face.connection.request("card.list", {});
  expect(cards).toMatchObject([{ type: "question", tool: "ask_user", state: "pending" }]);
  const answer = { cardId: card.data.cardId, resolution: "answered" as const, answer: "blue", by: "test" };
  await face.connection.request("card.resolve", answer);
  expect((await face.untilKind("turn.finished")).data).toEqual({ finish: "done", text: "noted" });
  expect(resultOf(server.requests.at(-1)?.body)).toBe("blue");
  const again = face.connection.request("card.resolve", { ...answer, answer: "red" });
  await expect(again).rejects.toMatchObject({ code: "card-resolved" });
});

test("kill -9 four times while a question is open costs neither the question nor the turn", async () => {
  const { helper, face, server, restart } = await journey(ask());
  await face.submit({ input: "paint it" });
  const card = await questionOf(face);
  await helper.kill();
  for (let index = 0; index < 3; index += 1) {
    const { helper: next, face: again } = await restart();
    const { cards } = await again.connection.request("card.list", {});
    expect(cards).toMatchObject([{ approvalId: card.data.cardId, state: "pending" }]);
    expect((await again.connection.request("helper.status", {})).runningTurns).toBe(1);
    await next.kill();
  }
  const { face: last } = await restart();
  await last.connection.request("card.resolve", {
    ...{ cardId: card.data.cardId, resolution: "answered", answer: "blue", by: "test" },
  });
  expect((await last.untilKind("turn.finished")).data.finish).toBe("done");
  expect(resultOf(server.requests.at(-1)?.body)).toBe("blue");
  expect([countOf(last, "card.opened"), countOf(last, "tool.finished"), server.requests.length]).toEqual([1, 1, 2]);
  expect(last.entries.filter((entry) => entry.kind === "tool.started").length).toBeLessThanOrEqual(2);
});

test("a person who declines says why, and the model reads it", async () => {
  const { face, server } = await journey(ask());
  await face.submit({ input: "paint it" });
  const { cardId } = (await questionOf(face)).data;
  await face.connection.request("card.resolve", { cardId, resolution: "denied", reason: "you choose", by: "test" });
  await face.untilKind("turn.finished");
  expect(resultOf(server.requests.at(-1)?.body)).toBe("ERROR: The person declined to answer: you choose");
});

test("a turn that is cancelled while it asks takes its question back", async () => {
  const { face } = await journey(ask());
  const { session } = await face.submit({ input: "paint it" });
  const { cardId } = (await questionOf(face)).data;
  await face.connection.request("turn.cancel", { session, by: "test" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("cancelled");
  const resolved = await face.untilKind("card.resolved");
  expect(resolved.data).toMatchObject({ cardId, resolution: "cancelled" });
  const late = face.connection.request("card.resolve", { cardId, resolution: "answered", answer: "red", by: "test" });
  await expect(late).rejects.toMatchObject({ code: "card-resolved" });
});
