import { expect, test } from "vitest";
import { fork, ask } from "../fakes/conversation.ts";
import { journey } from "../fakes/journey.ts";
import { gate, script } from "../fakes/model-server.ts";
import { readsFiles, writeFiles } from "../fakes/reading-model.ts";
import { SUMMARY } from "../fakes/small-window.ts";

type World = Awaited<ReturnType<typeof journey>>;

const FILES = 6;

/** A session that has read a few files and has an answer. */
async function readAll(behaviour: Parameters<typeof journey>[0]): Promise<World & { session: string }> {
  const world = await journey(behaviour);
  writeFiles(world.workspace, FILES);
  const { session } = await ask(world.face, undefined, "Which file is the largest?", world.workspace);
  return { ...world, session };
}

const compact = ({ face }: Pick<World, "face">, session: string, note?: string) =>
  face.connection.request("session.compact", { session, by: "me", note });

test("a session is made smaller at once, and goes on with the summary", async () => {
  const world = await readAll(readsFiles(FILES));
  const { face, server, session } = world;
  const { after, turn } = await compact(world, session, "Keep the names");
  expect(turn).toBeUndefined();
  const opened = await face.untilKind("epoch.opened", ({ seq }) => seq > after);
  expect(opened.data).toMatchObject({ reason: "asked", summary: SUMMARY });
  expect(opened.turn).toBeUndefined();
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain("Keep the names");
  await ask(face, session, "And the smallest?");
  const [first, ...others] = server.requests.slice(FILES + 2);
  expect(first?.text).toContain(SUMMARY.facts[0]);
  expect(first?.text.length).toBeLessThan(server.requests[FILES]?.text.length ?? 0);
  expect(others.length).toBeGreaterThan(0);
});

test("an open turn is made smaller before its next request", async () => {
  const held = gate();
  let step = 0;
  const model = readsFiles(FILES);
  const world = await journey((body) => (++step === FILES + 1 ? model(body).holds(held) : model(body)));
  writeFiles(world.workspace, FILES);
  const { face, server } = world;
  const first = await face.submit({ input: "Which file is the largest?", workspace: world.workspace });
  await server.received(FILES + 1);
  const { after, turn } = await compact(world, first.session);
  expect(turn).toBe(first.turn);
  await expect(compact(world, first.session)).rejects.toMatchObject({ code: "compaction-asked" });
  expect((await face.connection.request("session.window", { session: first.session })).window.next.isAsked).toBe(true);
  await face.connection.request("turn.steer", { session: first.session, text: "Say why, too." });
  held.release();
  const opened = await face.untilKind("epoch.opened", ({ seq }) => seq > after);
  expect(opened).toMatchObject({ turn: first.turn, data: { reason: "asked" } });
  await face.untilKind("turn.finished", (entry) => entry.turn === first.turn);
  const { window } = await face.connection.request("session.window", { session: first.session });
  expect(window.next.isAsked).toBe(false);
});

test("what cannot be compacted is refused, with the reason, and nothing is recorded", async () => {
  const world = await readAll(readsFiles(FILES));
  const { face, session } = world;
  await expect(compact(world, "nope")).rejects.toMatchObject({ code: "unknown-session" });
  await expect(compact(world, session, " ")).rejects.toMatchObject({ code: "invalid-params" });
  await expect(compact(world, session, "x".repeat(2_001))).rejects.toMatchObject({ code: "invalid-params" });
  await face.connection.request("session.clear", { session, by: "me" });
  await expect(compact(world, session)).rejects.toMatchObject({
    code: "nothing-to-compact",
    message: expect.stringContaining(`loopd sessions show ${session}`) as string,
  });
  expect(face.entries.filter(({ kind }) => kind === "compaction.asked")).toEqual([]);
});

test("nothing to gain: it says so, and the same may be asked again", async () => {
  const world = await journey(script().says("Four."));
  const { face } = world;
  const { session } = await ask(face, undefined, "What is two and two?", world.workspace);
  for (const note of ["once", "twice"]) {
    const { after } = await compact(world, session, note);
    const skipped = await face.untilKind("epoch.skipped", ({ seq }) => seq > after);
    expect(skipped.data).toMatchObject({ reason: "asked", why: expect.stringMatching(/./) as string });
  }
});

test("a summary that cannot be had costs nothing that was said", async () => {
  const world = await readAll(readsFiles(FILES, () => script().says("I would rather not.")));
  const { face, server, session } = world;
  const { after } = await compact(world, session);
  const skipped = await face.until(
    (entry): entry is typeof entry =>
      (entry.kind === "epoch.skipped" || entry.kind === "epoch.opened") && entry.seq > after,
  );
  if (skipped.kind === "epoch.opened") expect(skipped.data.keepsFrom).toBeUndefined();
  else expect(skipped).toMatchObject({ data: { why: expect.stringContaining("no summary could be had") as string } });
  await ask(face, session, "Go on");
  expect(server.requests.at(-1)?.text).toContain("Which file is the largest?");
  expect(server.requests.at(-1)?.text).toContain("file-1.md");
});

test.each(["kill", "stop"] as const)(
  "a compaction that a %s of the helper interrupted is done by the next one",
  async (how) => {
    const held = gate();
    let summaries = 0;
    const summary = () => {
      const written = script().says(JSON.stringify(SUMMARY));
      return ++summaries === 1 ? written.holds(held) : written;
    };
    const world = await readAll(readsFiles(FILES, summary));
    const { server, helper, session } = world;
    const { after } = await compact(world, session);
    await server.received(FILES + 2);
    await helper[how]();
    const { face } = await world.restart();
    const opened = await face.untilKind("epoch.opened", ({ seq }) => seq > after);
    expect(opened.data).toMatchObject({ reason: "asked", summary: SUMMARY });
    expect(face.entries.filter(({ kind, seq }) => kind === "epoch.opened" && seq > after)).toHaveLength(1);
    await expect(ask(face, session, "Go on")).resolves.toMatchObject({ end: { data: { finish: "done" } } });
  },
);

test("a fork leaves the asking to the session that was asked", async () => {
  const held = gate();
  const world = await readAll(readsFiles(FILES, () => script().says(JSON.stringify(SUMMARY)).holds(held)));
  const { face, session } = world;
  const { after } = await compact(world, session);
  const other = await fork(face, session);
  const { window } = await face.connection.request("session.window", { session: other });
  expect(window.next.isAsked).toBe(false);
  held.release();
  await face.untilKind("epoch.opened", (entry) => entry.seq > after && entry.session === session);
  await expect(compact(world, other)).resolves.toMatchObject({ after: expect.any(Number) as number });
  await face.untilKind("epoch.opened", (entry) => entry.seq > after && entry.session === other);
});

test("private words in the note are kept as placeholders", async () => {
  const world = await readAll(readsFiles(FILES));
  const { face, server, session } = world;
  await face.connection.request("endpoint.set", { name: "test", changes: { trust: "remote" } });
  await ask(face, session, "Write to ada@example.org");
  const { after } = await compact(world, session, "Keep what ada@example.org wants");
  await face.untilKind("epoch.opened", ({ seq }) => seq > after);
  expect(server.requests.map(({ text }) => text).join("\n")).not.toContain("ada@example.org");
  const asked = await face.untilKind("compaction.asked");
  expect(asked.data.note).toBe("Keep what ada@example.org wants");
});
