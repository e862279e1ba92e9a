import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooser } from "../fakes/chooser.ts";
import { fork } from "../fakes/conversation.ts";
import { homeWith } from "../fakes/delegating.ts";
import { journey } from "../fakes/journey.ts";
import { type RequestBody, script } from "../fakes/model-server.ts";

/** What every request says of itself, taken out of the way: where its messages end. */
const END = /\],"stream":true[^\]]*$/;
const MAIL = "anna.example@mail.example";

/** No call of a request is without its result, and no result without its call. */
function expectNoOrphans({ messages }: RequestBody): void {
  for (const [index, { content }] of messages.entries()) {
    const wanted = content.flatMap((block) => (block.type === "tool_use" ? [block["id"]] : []));
    if (wanted.length === 0) continue;
    const next = messages[index + 1]?.content ?? [];
    expect(next.flatMap((block) => (block.type === "tool_result" ? [block["tool_use_id"]] : []))).toEqual(wanted);
  }
}

test("a random mix of calls, approvals, steering, settings, cancels and forks: each request extends the last, redacted too", async () => {
  const { pick, chance } = chooser(99);
  const said = () => {
    if (chance(0.35)) return script().says(`ok, I write to ${MAIL}`);
    const calls = [
      { name: "files_read", input: { path: pick(["a.txt", "b.txt", "none.txt"]) } },
      { name: "call_tool", input: { name: "files_list", arguments: {} } },
      { name: "files_write", input: { path: "c.txt", text: `to ${MAIL} ${Math.floor(pick([1, 2, 3]))}` } },
      { name: "shell_run", input: { command: "cat a.txt", outside: true } },
      { name: "no_such_tool", input: {} },
    ];
    return script().calls([pick(calls), ...(chance(0.4) ? [pick(calls)] : [])]);
  };
  const { face, server, workspace } = await journey(said, { home: homeWith({ limits: { maxSteps: 4 } }) });
  await face.connection.request("endpoint.set", { name: "test", changes: { trust: "remote" } });
  writeFileSync(join(workspace, "a.txt"), `mail ${MAIL} or call +49 30 901820\n`);
  writeFileSync(join(workspace, "b.txt"), "nothing private\n");
  const overrides = [
    {},
    { tools: ["files_read", "files_list"] },
    { denyTools: ["shell_run"], note: `Only what ${MAIL} may read.` },
    { maxSteps: 2 },
    { schema: { type: "object" } },
    { temperature: 0.5, maxOutputTokens: 500 },
  ];
  const sessions: string[] = [];
  const answerCards = async (turn: string): Promise<void> => {
    const { cards } = await face.connection.request("card.list", {});
    for (const { approvalId: cardId, turn: of, session } of cards.filter((card) => card.turn === turn)) {
      if (chance(0.3)) await face.connection.request("turn.steer", { session, text: `mind ${MAIL}` });
      if (chance(0.15)) return void (await face.connection.request("turn.cancel", { session, turn: of, by: "me" }));
      const resolution = pick(["approved", "approved", "denied"] as const);
      await face.connection.request("card.resolve", { cardId, resolution, by: "me" }).catch(() => undefined);
    }
  };
  for (let round = 0; round < 24; round += 1) {
    const known = sessions.length === 0 ? undefined : pick(sessions);
    const own = known === undefined ? [] : face.entries.filter((entry) => entry.session === known);
    const session = known !== undefined && chance(0.35) ? await fork(face, known, pick(own).seq) : known;
    const place = session === undefined ? { workspace } : { session };
    const asked = await face.submit({ input: `go on, ${MAIL}`, ...place, overrides: pick(overrides) });
    if (!sessions.includes(asked.session)) sessions.push(asked.session);
    const isOver = () => face.entries.some((entry) => entry.kind === "turn.finished" && entry.turn === asked.turn);
    const seen = new Set<string>();
    while (!isOver()) {
      const next = await face.until((entry): entry is typeof entry => {
        const isNews = entry.kind === "turn.finished" || entry.kind === "card.opened";
        return isNews && entry.turn === asked.turn && !seen.has(entry.id);
      });
      seen.add(next.id);
      if (next.kind === "card.opened") await answerCards(asked.turn);
    }
  }

  const sent = face.entries.flatMap((entry) => (entry.kind === "request.sent" ? [entry] : []));
  expect(sent).toHaveLength(server.requests.length);
  expect(sent.length).toBeGreaterThan(40);
  expect(sent.filter(({ data }) => data.brokenBy !== undefined)).toEqual([]);
  const forks = new Map(
    face.entries.flatMap(({ kind, session, data }) => (kind === "session.forked" ? [[session, data]] : [])),
  );
  /** The request before one in its session's history, if their epoch is the same. */
  const before = (session: string, epoch: string, seq: number): number => {
    const own = sent.findLastIndex((one) => one.session === session && one.seq < seq);
    const past = forks.get(session);
    if (own !== -1 || past === undefined) return own === -1 || sent[own]?.data.epoch === epoch ? own : -1;
    return before(past.from, epoch, past.at + 1);
  };
  let compared = 0;
  for (const [index, { session, seq, data }] of sent.entries()) {
    const { text, body } = server.requests[index] ?? { text: "", body: { model: "", max_tokens: 0, messages: [] } };
    expect(text).not.toContain(MAIL);
    expectNoOrphans(body);
    const earlier = server.requests[before(session, data.epoch, seq)];
    if (earlier === undefined) continue;
    compared += 1;
    expect(prefixOf(text).startsWith(prefixOf(earlier.text))).toBe(true);
  }
  expect(compared).toBeGreaterThan(30);
});

/** From the tools to the last message: what precedes them may differ from turn to turn and is no part of the prompt. */
function prefixOf(text: string): string {
  const from = Math.min(...['"messages":', '"system":', '"tools":'].map((key) => text.indexOf(key)));
  return text.slice(from).replace(END, "");
}
