import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { installed } from "../fakes/mcp/installed.ts";
import { mcpHome, pendingCard, results } from "../fakes/mcp/home.ts";
import { approveEverything, removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { isRunning } from "../fakes/processes.ts";

const allow = (tool: string) => ({ id: `allow ${tool}`, when: { tool }, decision: "execute" as const });

test("server-everything: listed, called, images, structured content, resources; nothing of it outlives the helper", async () => {
  const { home, processes } = mcpHome({
    mcpServers: { everything: { ...installed.everything(), listed: true } },
    rules: [allow("everything__*")],
  });
  const steps = script()
    .calls("everything__echo", { message: "hello there" })
    .calls("everything__get-tiny-image")
    .calls("everything__get-structured-content", { location: "Chicago" })
    .calls("everything__get-sum", { a: 2, b: "three" })
    .calls("everything__read_resource", {})
    .calls("everything__read_resource", { uri: "demo://resource/dynamic/text/1" })
    .says("seen");
  const { face, server, helper } = await journey(steps, { home });
  await face.submit({ input: "try everything" });
  expect((await face.untilKind("turn.finished")).data).toEqual({
    finish: "done",
    text: "seen",
    repairs: { corrected: 1 },
  });

  const [echo, image, structured, sum, list, read] = face.entries.filter((entry) => entry.kind === "tool.finished");
  expect(echo?.data).toMatchObject({ outcome: "ok", text: "Echo: hello there" });
  expect(image?.data.text).toMatch(/Here's the image[^]*\[image image\/png, \d+ kB, blob [0-9a-f]{64}\][^]*MCP logo/);
  expect(image?.data.content).toMatchObject([{ type: "image", mediaType: "image/png" }]);
  expect(structured?.data.text).toContain('"temperature":36');
  const weather = { temperature: 36, conditions: "Light rain / drizzle", humidity: 82 };
  expect(structured?.data.content).toEqual([{ type: "structured", value: weather }]);
  expect(sum?.data).toMatchObject({ outcome: "invalid", text: expect.stringContaining("b") });
  expect(list?.data.text).toContain("demo://");
  expect(read?.data.text).toMatch(/\[resource demo:\/\/resource\/dynamic\/text\/1\]/);

  const told = (server.requests[0]?.body as { tools: { name: string; description: string }[] }).tools;
  expect(told.map(({ name }) => name)).toContain("everything__trigger-long-running-operation");
  const alive = await processes();
  expect(alive).toHaveLength(1);
  await helper.stop();
  expect(await processes()).toEqual([]);
  expect(alive.filter(isRunning)).toEqual([]);
});

test("progress carries a call past its limit; without it the limit holds, and cancelling reaches the server", async () => {
  const { home } = mcpHome({
    mcpServers: { everything: { ...installed.everything(), timeLimitMs: 2000 } },
    rules: [allow("everything__*")],
  });
  const tool = "everything__trigger-long-running-operation";
  const through = (input: object) => ({ name: tool, arguments: input });
  const steps = script()
    .calls("find_tools", { query: "long running operation" })
    .calls("call_tool", through({ duration: 5, steps: 10 }))
    .calls("call_tool", through({ duration: 3600, steps: 1 }))
    .calls("everything__echo", { message: "still here" })
    .calls("call_tool", through({ duration: 3600, steps: 1 }));
  const { face, server } = await journey(steps, { home });
  const { session } = await face.submit({ input: "wait" });
  const echo = await face.untilKind("tool.finished", ({ data }) => data.text.includes("still here"));
  expect(echo.data.outcome).toBe("ok");
  const [found, long, late] = results(face);
  expect(found?.text).toContain(tool);
  expect(long).toMatchObject({ outcome: "ok", text: expect.stringContaining("operation completed") });
  expect(late?.outcome).toBe("timed-out");
  expect(face.deltas.some(({ text }) => text.includes("of 10"))).toBe(true);
  const told = (server.requests[0]?.body as { tools: { name: string }[] }).tools;
  expect(told.filter(({ name }) => name.startsWith("everything"))).toEqual([]);

  await face.untilKind("tool.started", ({ seq }) => seq > echo.seq);
  await face.connection.request("turn.cancel", { session, by: "test" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("cancelled");
});

test("a server's question becomes a card, and the answer goes back to it", async () => {
  const { home } = mcpHome({ mcpServers: { everything: installed.everything() }, rules: [allow("everything__*")] });
  const steps = script().calls("everything__trigger-elicitation-request").says("asked");
  const { face } = await journey(steps, { home });
  await face.submit({ input: "ask me" });
  const card = await pendingCard(face, "question");
  expect(card.question).toMatchObject({ from: "mcp everything", text: expect.stringContaining("provide inputs") });
  expect(card.question?.form?.["properties"]).toHaveProperty("email");
  const answer = { name: "Ada", check: true, integer: 3 };
  await face.connection.request("card.resolve", { cardId: card.approvalId, resolution: "answered", answer, by: "t" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(results(face)[0]).toMatchObject({ outcome: "ok", text: expect.stringContaining("Ada") });
});

test("a stranger's tool asks first; a trusted server's reading does not", async () => {
  const { home } = mcpHome({
    mcpServers: {
      stranger: { ...installed.everything(), listed: ["echo"] },
      friend: { ...installed.everything(), trust: true, listed: ["echo"] },
    },
  });
  const steps = script()
    .calls("friend__echo", { message: "read" })
    .calls("stranger__echo", { message: "anything" })
    .says("ok");
  const { face } = await journey(steps, { home });
  await face.submit({ input: "go" });
  const card = await pendingCard(face, "approval");
  expect(card).toMatchObject({
    tool: "stranger__echo",
    effect: "exec",
    facts: { server: "stranger", isTrusted: false },
  });
  expect(results(face)).toMatchObject([{ outcome: "ok", text: "Echo: read" }]);
  await face.connection.request("card.resolve", { cardId: card.approvalId, resolution: "denied", by: "test" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(results(face)[1]?.outcome).toBe("denied");
});

test("server-filesystem and server-memory do their work in one turn", async () => {
  const folder = temporaryFolder("shared");
  writeFileSync(join(folder, "note.txt"), "a quiet note\n");
  const graph = join(folder, "graph.jsonl");
  const { home, processes } = mcpHome({
    mcpServers: {
      files: { ...installed.filesystem(folder), listed: true },
      memory: { ...installed.memory(), env: { MEMORY_FILE_PATH: graph }, listed: true },
    },
    rules: [allow("files__*"), allow("memory__*")],
  });
  const entity = { name: "Ada", entityType: "person", observations: ["wrote the first program"] };
  const steps = script()
    .calls("files__list_directory", { path: folder })
    .calls("files__read_text_file", { path: join(folder, "note.txt") })
    .calls("files__read_text_file", { path: "/etc/hostname" })
    .calls("files__write_file", { path: join(folder, "made.txt"), content: "made" })
    .calls("memory__create_entities", { entities: [entity] })
    .calls("memory__search_nodes", { query: "Ada" })
    .says("done");
  const { face, helper } = await journey(steps, { home });
  await approveEverything(helper);
  await face.submit({ input: "work" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  const [list, read, outside, , created, found] = results(face);
  expect(list?.text).toContain("note.txt");
  expect(read?.text).toContain("a quiet note");
  expect(outside).toMatchObject({ outcome: "error", text: expect.stringContaining("ERROR:") });
  expect(created?.outcome).toBe("ok");
  expect(found?.text).toContain("first program");
  expect(readFileSync(join(folder, "made.txt"), "utf8")).toBe("made");
  expect(readFileSync(graph, "utf8")).toContain("Ada");
  await helper.stop();
  expect(await processes()).toEqual([]);
  removeFolder(folder);
});

test("kill -9 of the helper: the next one ends its servers before it serves", async () => {
  const hostile = resolve(import.meta.dirname, "../fakes/mcp/hostile.mjs");
  const { home, processes } = mcpHome({
    mcpServers: { hostile: { command: process.execPath, args: [hostile, "stays"] } },
    rules: [allow("hostile__*")],
  });
  const { face, helper, restart } = await journey(script().calls("hostile__family").says("born"), { home });
  await face.submit({ input: "go" });
  await face.untilKind("turn.finished");
  const alive = await processes();
  expect(alive.length).toBe(3);
  await helper.kill();
  expect(alive.filter(isRunning)).toHaveLength(3);
  await restart();
  expect(alive.filter(isRunning)).toEqual([]);
});
