import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type ModelServer, script } from "../fakes/model-server.ts";

const PLAN = ["files_read", "files_list", "files_search"];

async function turnOf(face: Witness, request: Parameters<Witness["submit"]>[0]) {
  const { session, turn } = await face.submit(request);
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  return { session, turn, text: end.data.text };
}

/** Outcomes of the calls of a turn, in order. */
function outcomes(face: Witness, turn: string) {
  return face.entries.flatMap((entry) =>
    entry.kind === "tool.finished" && entry.turn === turn
      ? [{ name: entry.data.name, outcome: entry.data.outcome, text: entry.data.text }]
      : [],
  );
}

/** Whether each request, as it arrived, begins with every byte of the one before, up to the end of its messages. */
function extensions({ requests }: ModelServer): boolean[] {
  const end = /\],"stream":true\}$/;
  return requests.slice(1).map(({ text }, index) => {
    const before = requests[index]?.text ?? "";
    return end.test(before) && text.startsWith(before.replace(end, ""));
  });
}

test("plan, then carry out: whatever changes something is refused in words, and the prefix never breaks", async () => {
  const note = { topic: "plan", text: "no" };
  const { face, server, workspace } = await journey(
    script()
      .calls("files_read", { path: "a.txt" })
      .calls("files_write", { path: "early.txt", text: "no" })
      .calls("call_tool", { name: "files_write", arguments: { path: "early.txt", text: "no" } })
      .calls("find_tools", { query: "remember a note" })
      .calls("call_tool", { name: "memory_write", arguments: note })
      .calls("shell_run", { command: "echo no > early.txt" })
      .says("The plan: write done.txt")
      .calls("files_write", { path: "done.txt", text: "yes" })
      .says("Done."),
  );
  writeFileSync(join(workspace, "a.txt"), "text\n");
  const planned = await turnOf(face, { input: "plan", workspace, overrides: { tools: PLAN, yes: true } });
  expect(planned.text).toBe("The plan: write done.txt");
  expect(outcomes(face, planned.turn).map(({ name, outcome }) => [name, outcome])).toEqual([
    ["files_read", "ok"],
    ["files_write", "denied"],
    ["files_write", "denied"],
    ["find_tools", "ok"],
    ["memory_write", "denied"],
    ["shell_run", "denied"],
  ]);
  expect(existsSync(join(workspace, "early.txt"))).toBe(false);
  expect((await face.connection.request("memory.list", {})).notes).toEqual([]);
  // The model reads why, and was told at the start what it may use.
  expect(server.requests[0]?.text).toContain("In this turn you may only use: files_read, files_list, files_search.");
  expect(server.requests[2]?.text).toContain("ERROR: This turn was asked to work without this tool.");

  const { session } = planned;
  const carried = await turnOf(face, { input: "Execute the plan.", session, overrides: { yes: true } });
  expect(outcomes(face, carried.turn).map(({ name, outcome }) => [name, outcome])).toEqual([["files_write", "ok"]]);
  expect(readFileSync(join(workspace, "done.txt"), "utf8")).toBe("yes");
  expect(extensions(server)).toEqual(Array(8).fill(true));
  expect(face.entries.filter((entry) => entry.kind === "epoch.opened")).toHaveLength(1);
  const sent = face.entries.flatMap((entry) => (entry.kind === "request.sent" ? [entry.data] : []));
  expect(sent.slice(1).every(({ reusedBytes }, index) => reusedBytes === sent[index]?.bytes)).toBe(true);
});

test("a plan turn that names a tool which is not in every prompt: it is in the epoch's list, and that list stays", async () => {
  const { face, server, workspace } = await journey(
    script().calls("memory_list").says("planned").calls("files_list", { path: "." }).says("done").says("more"),
  );
  const planned = await turnOf(face, { input: "plan", workspace, overrides: { tools: ["memory_list"] } });
  expect(outcomes(face, planned.turn)).toMatchObject([{ name: "memory_list", outcome: "ok" }]);
  const { session } = planned;
  await turnOf(face, { input: "Execute the plan.", session });
  await turnOf(face, { input: "and", session, overrides: { tools: ["state_get"], denyTools: ["memory_list"] } });
  const names = server.requests.map(({ body }) => body.tools?.map(({ name }) => name).join());
  expect(names[0]).toContain("memory_list");
  expect(names[0]).not.toContain("state_get");
  expect(new Set(names).size).toBe(1);
  expect(extensions(server)).toEqual([true, true, true, true]);
});

test("a tool chosen for a later turn than the epoch's first can be found and called, and nothing else", async () => {
  const { face, server, workspace } = await journey(
    script()
      .says("hello")
      .calls("find_tools", { names: ["memory_list"] })
      .calls("call_tool", { name: "memory_list" })
      .calls("files_list", { path: "." })
      .says("that is all"),
  );
  const { session } = await turnOf(face, { input: "hi", workspace });
  const second = await turnOf(face, { input: "go", session, overrides: { tools: ["memory_list"] } });
  expect(outcomes(face, second.turn).map(({ name, outcome }) => [name, outcome])).toEqual([
    ["find_tools", "ok"],
    ["memory_list", "ok"],
    ["files_list", "denied"],
  ]);
  expect(extensions(server)).toEqual([true, true, true, true]);
});

test("no tools at all means none, find_tools included", async () => {
  const { face, workspace } = await journey(script().calls("find_tools", { query: "files" }).says("only words"));
  const { turn } = await turnOf(face, { input: "think", workspace, overrides: { tools: [] } });
  expect(outcomes(face, turn)).toMatchObject([{ name: "find_tools", outcome: "denied" }]);
});

test("the plan may come from another model than its execution, in one session", async () => {
  const { face, server, workspace } = await journey(
    script().says("the plan").calls("files_list", { path: "." }).says("done"),
  );
  const profile = {
    dialect: "anthropic" as const,
    url: server.url,
    model: "fast",
    trust: "local" as const,
    window: 200_000,
  };
  await face.connection.request("endpoint.add", { name: "planner", profile });
  const overrides = { tools: PLAN };
  const { session } = await turnOf(face, { input: "plan", workspace, endpoint: "planner", overrides });
  await turnOf(face, { input: "Execute the plan.", session });
  expect(server.requests.map(({ body }) => body.model)).toEqual(["fast", "m", "m"]);
  expect(JSON.stringify(server.requests[1]?.body.messages)).toContain("the plan");
});
