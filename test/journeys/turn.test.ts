import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { journey } from "../fakes/journey.ts";
import { isRunning } from "../fakes/processes.ts";
import { script } from "../fakes/model-server.ts";

test("ten tool calls, then an answer; every request extends the last byte for byte", async () => {
  const steps = script();
  for (let index = 0; index < 10; index += 1) steps.calls("files_read", { path: `file-${index}.txt` });
  const { face, server, workspace } = await journey(steps.says("all read"));
  for (let index = 0; index < 10; index += 1) writeFileSync(join(workspace, `file-${index}.txt`), `content ${index}\n`);
  await face.submit({ input: "read them", workspace });
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "all read" });
  const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
  expect(outcomes).toEqual(Array(10).fill("ok"));

  const bodies = server.requests.map(({ body }) => body as { system: unknown; tools: unknown; messages: unknown[] });
  expect(bodies).toHaveLength(11);
  for (const [index, body] of bodies.entries()) {
    expect(JSON.stringify([body.system, body.tools])).toBe(JSON.stringify([bodies[0]?.system, bodies[0]?.tools]));
    const before = bodies[index - 1];
    if (before !== undefined)
      expect(JSON.stringify(body.messages).startsWith(JSON.stringify(before.messages).slice(0, -1))).toBe(true);
  }
});

test("a turn that waits for approval survives kill -9, and the command runs exactly once", async () => {
  const { helper, face, server, workspace, restart } = await journey(
    script().calls("shell_run", { command: "echo once >> ran.txt" }).says("did it"),
  );
  const { session } = await face.submit({ input: "run it", workspace });
  await face.untilKind("card.opened");
  await helper.kill();

  const { face: again } = await restart();
  const { cards } = await again.connection.request("card.list", {});
  expect(cards).toMatchObject([
    { session, tool: "shell_run", arguments: { command: "echo once >> ran.txt" }, state: "pending" },
  ]);
  await again.connection.request("card.resolve", {
    cardId: cards[0]?.approvalId ?? "",
    resolution: "approved",
    by: "test",
  });
  const end = await again.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "did it" });
  const { entries } = await again.connection.request("entries.read", { session, limit: 1000 });
  expect(entries.filter((entry) => entry.kind === "tool.started")).toHaveLength(1);
  expect(server.requests).toHaveLength(2);
  expect(readFileSync(join(workspace, "ran.txt"), "utf8")).toBe("once\n");

  await expect(
    again.connection.request("card.resolve", { cardId: cards[0]?.approvalId ?? "", resolution: "denied", by: "late" }),
  ).rejects.toMatchObject({ code: "card-resolved", message: expect.stringContaining("approved by test at 20") });
});

test("killed while a command runs: the command is ended, a recovery card opens, nothing runs again unasked", async () => {
  const { helper, face, workspace, restart } = await journey(
    script().calls("shell_run", { command: "echo began >> ran.txt; sleep 1000" }).says("noted"),
  );
  await face.submit({ input: "run it", workspace });
  const card = await face.untilKind("card.opened");
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  const spawned = await face.untilKind("tool.spawned");
  await helper.kill();
  expect(isRunning(spawned.data.pid)).toBe(true);

  const { face: again } = await restart();
  const recovery = await again.untilKind("card.opened", (entry) => entry.data.type === "recovery");
  expect(isRunning(spawned.data.pid)).toBe(false);
  await again.connection.request("card.resolve", {
    cardId: recovery.data.cardId,
    resolution: "answered",
    answer: "skip",
    by: "test",
  });
  await again.untilKind("turn.finished");
  const outcome = again.entries.find((entry) => entry.kind === "tool.finished");
  expect(outcome?.kind === "tool.finished" && outcome.data.outcome).toBe("unknown");
  expect(again.entries.filter((entry) => entry.kind === "tool.started")).toHaveLength(1);
});

test("steering lands at the next seam, and a cancelled turn ends its command", async () => {
  const { face, server, workspace } = await journey(
    script().calls("shell_run", { command: "sleep 1000" }).says("ok").says("next"),
  );
  const { session } = await face.submit({ input: "wait", workspace });
  const card = await face.untilKind("card.opened");
  await face.connection.request("turn.steer", { session, text: "be brief" });
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  const spawned = await face.untilKind("tool.spawned");
  await face.connection.request("turn.cancel", { session, by: "test" });
  const end = await face.untilKind("turn.finished");
  expect(end.data.finish).toBe("cancelled");
  expect(isRunning(spawned.data.pid)).toBe(false);
  await face.submit({ input: "and now?", session });
  await face.untilKind("turn.finished", (entry) => entry.turn !== end.turn);
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain("The person adds: be brief");
});

test("the same request id is the same turn", async () => {
  const { face, workspace } = await journey(script().says("hi"));
  const first = await face.submit({ input: "hello", workspace, requestId: "r1" });
  const second = await face.submit({ input: "hello", workspace, requestId: "r1" });
  expect(second).toMatchObject({ session: first.session, turn: first.turn, isNew: false });
});

test("SIGTERM in the middle of a response loses nothing: the next helper asks again and finishes", async () => {
  const { helper, face, server, workspace, restart } = await journey(script().stalls().says("here"));
  await face.submit({ input: "hello", workspace });
  await server.received(1);
  await helper.stop();
  expect(await helper.exited).toBe(0);
  const { face: again } = await restart();
  const end = await again.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "here" });
});
