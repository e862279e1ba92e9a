import { expect, test } from "vitest";
import { nextCard, says, scripted, uses } from "../../fakes/embedded.ts";

const write = uses(["write_file", { path: "/w/a.txt", text: "one", _rationale: "You\u202e asked for it." }]);

test("a call waits for its approval, shows real arguments and the model's reason, and runs once", async () => {
  const { session, done, requests } = scripted([write, says("written")]);
  const turn = await session.send("write it");
  const card = await nextCard(turn);
  expect(card).toMatchObject({
    type: "approval",
    call: {
      name: "write_file",
      effect: "write",
      arguments: { path: "/w/a.txt", text: "one" },
      modelRationale: "You asked for it.",
      facts: { paths: ["/w/a.txt"] },
    },
  });
  expect(session.cards()).toEqual([card]);
  expect(done).toEqual([]);
  await session.approve(card.cardId, { by: "ann" });
  expect(await turn.result).toMatchObject({ finish: "done", text: "written" });
  expect(done).toEqual(["write /w/a.txt one"]);
  expect(session.cards()).toEqual([]);
  expect(requests[1]?.messages.at(-1)?.content[0]).toMatchObject({ content: "wrote /w/a.txt" });
});

test("a second answer is refused and says who was first; an unknown card is an error too", async () => {
  const { session, done } = scripted([write, says("written")]);
  const turn = await session.send("write it");
  const { cardId } = await nextCard(turn);
  const answers = await Promise.allSettled([
    session.approve(cardId, { by: "ann" }),
    session.deny(cardId, { by: "bob" }),
    session.approve(cardId, { by: "cyd" }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  await turn.result;
  expect(done).toHaveLength(1);
  await expect(session.deny(cardId)).rejects.toMatchObject({
    code: "card-resolved",
    message: expect.stringMatching(/approved by ann at \d{4}-/) as string,
  });
  await expect(session.approve("t.1.0#9")).rejects.toMatchObject({ code: "unknown-card" });
});

test("a denial tells the model why, and the turn goes on", async () => {
  const { session, done, requests } = scripted([write, says("then not")]);
  const turn = await session.send("write it");
  await session.deny((await nextCard(turn)).cardId, { reason: "not on a Friday" });
  expect(await turn.result).toMatchObject({ finish: "done", text: "then not" });
  expect(done).toEqual([]);
  expect(JSON.stringify(requests[1]?.messages)).toContain("not on a Friday");
});

test("edited arguments are checked, run instead, and the model reads them; a rule's denial still wins", async () => {
  const rules = [{ id: "no-secrets", when: { path: "/w/secret/**" }, decision: "deny" as const, reason: "secret" }];
  const { session, done, requests } = scripted([write, write, says("end")], { rules });
  const turn = await session.send("write it");
  const { cardId } = await nextCard(turn);
  await expect(session.edit(cardId, { text: "no path" })).rejects.toMatchObject({ code: "invalid-params" });
  await session.edit(cardId, { path: "/w/b.txt", text: "two" });
  const second = await nextCard(turn);
  await session.edit(second.cardId, { path: "/w/secret/key", text: "" });
  expect(await turn.result).toMatchObject({ finish: "done" });
  expect(done).toEqual(["write /w/b.txt two"]);
  expect(JSON.stringify(requests[1]?.messages)).toContain("/w/b.txt");
  expect(JSON.stringify(requests[2]?.messages)).toContain("secret");
});

test("approved for the session, the same call asks no more; another path does", async () => {
  const other = uses(["write_file", { path: "/w/other.txt" }]);
  const { session, done } = scripted([write, write, other, says("end")]);
  const turn = await session.send("write it");
  const { cardId } = await nextCard(turn);
  await session.approve(cardId, { scope: "session" });
  const second = await nextCard(turn);
  expect(second.call.arguments).toMatchObject({ path: "/w/other.txt" });
  await session.deny(second.cardId);
  await turn.result;
  expect(done).toEqual(["write /w/a.txt one", "write /w/a.txt one"]);
  expect(session.trace.snapshot().filter(({ kind }) => kind === "rule.added")).toHaveLength(1);
});

test("several calls of a step open their cards together and are answered in any order", async () => {
  const three = uses(["send_mail", { to: "a" }], ["send_mail", { to: "b" }], ["look", { at: "sky" }]);
  const { session, done } = scripted([three, says("end")]);
  const turn = await session.send("mail");
  await nextCard(turn);
  const [a, b] = session.cards();
  await session.approve(b?.cardId ?? "");
  await session.approve(a?.cardId ?? "");
  expect((await turn.result).finish).toBe("done");
  expect(done).toEqual(["look sky", "mail a", "mail b"]);
});

test("words that steer are read with the next request; cancelling ends turns, calls and cards", async () => {
  const { session, done, requests } = scripted([write, says("noted")]);
  const turn = await session.send("write it");
  const { cardId } = await nextCard(turn);
  await session.steer("in blue, please");
  await session.approve(cardId);
  await turn.result;
  expect(JSON.stringify(requests[1]?.messages.at(-1))).toContain("The person adds: in blue, please");
  await expect(session.steer("too late")).rejects.toMatchObject({ code: "turn-finished" });

  const { session: other, done: untouched } = scripted([write]);
  const first = await other.send("write it");
  const queued = await other.send("and again");
  await nextCard(first);
  await other.cancel({ why: "enough" });
  expect((await first.result).finish).toBe("cancelled");
  expect((await queued.result).finish).toBe("cancelled");
  expect(other.cards()).toEqual([]);
  expect([done.length, untouched.length]).toEqual([1, 0]);
});
