import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Witness } from "../fakes/helper.ts";
import { type Journey, journey } from "../fakes/journey.ts";
import { type Behaviour, script } from "../fakes/model-server.ts";

/** A journey whose home also has an endpoint `other` that speaks the openai dialect, on the same server. */
async function bilingual(behaviour: Behaviour, { isOpenai = false } = {}): Promise<Journey> {
  const begun = await journey(behaviour);
  const profile = {
    dialect: "openai" as const,
    url: begun.server.url,
    model: "o",
    trust: "local" as const,
    window: 200_000,
  };
  await begun.face.connection.request("endpoint.add", { name: "other", profile, use: isOpenai });
  return begun;
}

async function turnOf(face: Witness, request: Parameters<Witness["submit"]>[0]) {
  const { session, turn } = await face.submit(request);
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  return { session, turn, end: end.data };
}

function outcomesOf({ entries }: Witness): string[] {
  return entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
}

/** Each body without what follows its messages. */
function growing(texts: readonly string[]): string[] {
  return texts.map((text) => text.slice(0, text.lastIndexOf('],"stream":true')));
}

test("one session over anthropic, openai and anthropic again: tools in each, history intact, thinking left behind", async () => {
  const steps = script();
  for (const turn of ["first", "second", "third"]) {
    steps
      .thinks(`${turn} thought`, `signature-of-${turn}`)
      .calls([
        { name: "files_read", input: { path: `${turn}.txt` }, text: `I look for the ${turn} time.` },
        { name: "files_list", input: { path: "." } },
      ])
      .thinks(`${turn} conclusion`, `later-signature-of-${turn}`)
      .says(`The ${turn} answer.`);
  }
  const { face, server, workspace } = await bilingual(steps);
  for (const turn of ["first", "second", "third"])
    writeFileSync(join(workspace, `${turn}.txt`), `content of ${turn}\n`);
  const { session, end } = await turnOf(face, { input: "the first question", workspace });
  expect(end).toEqual({ finish: "done", text: "The first answer." });
  const second = await turnOf(face, { input: "the second question", session, endpoint: "other" });
  expect(second.end).toEqual({ finish: "done", text: "The second answer." });
  const third = await turnOf(face, { input: "the third question", session, endpoint: "test" });
  expect(third.end).toEqual({ finish: "done", text: "The third answer." });
  expect(outcomesOf(face)).toEqual(Array(6).fill("ok"));
  const reasons = face.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data.reason] : []));
  expect(reasons).toEqual(["start", "model", "model"]);

  const { requests } = server;
  expect(requests.map(({ path }) => path)).toEqual(
    ["/v1/messages", "/v1/chat/completions", "/v1/messages"].flatMap((path) => [path, path]),
  );
  const bytes = growing(requests.map(({ text }) => text));
  for (const step of [1, 3, 5]) expect(bytes[step]?.startsWith(bytes[step - 1] ?? "?")).toBe(true);

  // Each turn's own thinking goes back with its signature where the dialect signs it, and never to anybody else.
  expect(bytes[1]).toContain("signature-of-first");
  expect(bytes.slice(2, 4).join("")).not.toMatch(/thought|conclusion|signature|reasoning/);
  expect(bytes[4]).not.toMatch(/thought|conclusion|signature/);
  expect(bytes[5]).toContain("signature-of-third");
  expect(bytes[5]).not.toMatch(/(first|second) (thought|conclusion)|signature-of-(first|second)/);

  const said = (turn: string) => [
    `the ${turn} question`,
    `I look for the ${turn} time.`,
    `content of ${turn}`,
    `The ${turn} answer.`,
  ];
  const wanted = [...said("first"), ...said("second"), ...said("third").slice(0, 3)];
  const places = wanted.map((words) => bytes[5]?.indexOf(words) ?? -1);
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));

  const asOpenai = JSON.parse(requests[3]?.text ?? "") as {
    messages: { role: string; tool_call_id?: string; tool_calls?: { id: string }[] }[];
  };
  expect(asOpenai.messages.map(({ role }) => role)).toEqual([
    "system",
    "user",
    "assistant",
    "tool",
    "tool",
    "assistant",
    "user",
    "assistant",
    "tool",
    "tool",
  ]);
  expectPaired(
    asOpenai.messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id)),
    asOpenai.messages.flatMap(({ tool_call_id }) => tool_call_id ?? []),
  );
  const blocks = (requests[5]?.body.messages ?? []).flatMap(({ content }) => content);
  expectPaired(
    blocks.flatMap(({ type, id }) => (type === "tool_use" ? [String(id)] : [])),
    blocks.flatMap(({ type, tool_use_id }) => (type === "tool_result" ? [String(tool_use_id)] : [])),
  );
});

/** Every call has its result, in the same order, and no id stands for two calls. */
function expectPaired(calls: readonly string[], results: readonly string[]): void {
  expect(calls.length).toBeGreaterThan(3);
  expect(results).toEqual(calls);
  expect(new Set(calls).size).toBe(calls.length);
}

test("ten steps over openai: every request extends the last byte for byte, errors and steering among them", async () => {
  const steps = script();
  for (let index = 0; index < 10; index += 1) {
    const path = index === 4 ? "missing.txt" : `file-${index}.txt`;
    steps.thinks(`thought ${index}`, "").calls("files_read", { path });
  }
  const { face, server, workspace } = await bilingual(steps.says("all read"), { isOpenai: true });
  for (let index = 0; index < 10; index += 1) writeFileSync(join(workspace, `file-${index}.txt`), `content ${index}\n`);
  const { end } = await turnOf(face, { input: "read them", workspace });
  expect(end).toEqual({ finish: "done", text: "all read" });
  const bytes = growing(server.requests.map(({ text }) => text));
  expect(bytes).toHaveLength(11);
  for (const [index, body] of bytes.entries()) expect(body.startsWith(bytes[index - 1] ?? "")).toBe(true);
  const { messages } = JSON.parse(server.requests[10]?.text ?? "") as { messages: { role: string; content: string }[] };
  const results = messages.filter(({ role }) => role === "tool").map(({ content }) => content);
  expect(results).toHaveLength(10);
  expect(results[4]).toMatch(/^ERROR: /);
  const sent = face.entries.flatMap((entry) => (entry.kind === "request.sent" ? [entry.data] : []));
  for (const { brokenBy } of sent) expect(brokenBy).toBeUndefined();
});

test.each([
  ["a stream", false],
  ["one piece", true],
])("truncated arguments over openai in %s never run, and the model mends them", async (_name, isWhole) => {
  const cut = script().truncatedArguments("files_write", '{"path":"a.txt","content":"half');
  const empty = script().truncatedArguments("shell_run", "");
  const steps = script();
  steps.steps.push(...(isWhole ? [cut.whole(), empty.whole()] : [cut, empty]).flatMap((one) => one.steps));
  const { face, server, workspace } = await bilingual(steps.calls("files_list", {}).says("mended"), { isOpenai: true });
  const { end } = await turnOf(face, { input: "write", workspace, overrides: { yes: true } });
  expect(end).toEqual({ finish: "done", text: "mended", repairs: { corrected: 2 } });
  expect(outcomesOf(face)).toEqual(["invalid", "invalid", "ok"]);
  const started = face.entries.flatMap((entry) => (entry.kind === "tool.started" ? [entry] : []));
  expect(started).toHaveLength(1);
  expect(server.requests[1]?.text).toContain("ERROR: The arguments were cut off");
});

test("a call that leaked as text waits for a person, even where the turn was told yes, and is counted", async () => {
  const leaked =
    'I run it.\n<tool_call>\n{"name": "shell_run", "arguments": {"command": "echo rescued > out.txt"}}\n</tool_call>';
  const { face, server, workspace } = await bilingual(script().says(leaked).says("ran it"), { isOpenai: true });
  const { session, turn } = await face.submit({ input: "run it", workspace, overrides: { yes: true } });
  const card = await face.untilKind("card.opened");
  expect(card.data.causes).toEqual([{ type: "rescued", source: expect.any(String) as string }]);
  const responded = await face.untilKind("model.responded");
  expect(responded.data).toMatchObject({
    rescued: true,
    content: [
      { type: "text", text: "I run it." },
      { type: "tool_use", name: "shell_run" },
    ],
  });
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  expect(end.data).toEqual({ finish: "done", text: "ran it", repairs: { rescued: 1 } });
  expect(readFileSync(join(workspace, "out.txt"), "utf8")).toBe("rescued\n");
  const { messages } = JSON.parse(server.requests[1]?.text ?? "") as { messages: object[] };
  expect(messages.slice(-2)).toMatchObject([
    { role: "assistant", content: "I run it.", tool_calls: [{ function: { name: "shell_run" } }] },
    { role: "tool" },
  ]);
  const { entries } = await face.connection.request("entries.read", { session, limit: 1000 });
  expect(entries.filter((entry) => entry.kind === "model.responded" && entry.data.rescued === true)).toHaveLength(1);
});

test("what is coerced is counted; a model that only makes wrong calls gets three corrections, then its last word", async () => {
  const steps = script().calls("files_read", { path: "a.txt", offset: "1", nonsense: true });
  for (const path of [1, 2, 3, 4]) steps.calls("files_read", { file: `${path}` });
  const { face, server, workspace } = await bilingual(steps.says("I give up"), { isOpenai: true });
  writeFileSync(join(workspace, "a.txt"), "content\n");
  const { end } = await turnOf(face, { input: "read", workspace });
  expect(end).toEqual({ finish: "budget", text: "I give up", repairs: { coerced: 1, corrected: 4 } });
  const coerced = face.entries.flatMap((entry) =>
    entry.kind === "tool.requested" ? [entry.data.coerced ?? false] : [],
  );
  expect(coerced).toEqual([true, false, false, false, false]);
  expect(outcomesOf(face)).toEqual(["ok", "invalid", "invalid", "invalid", "invalid"]);
  expect(server.requests).toHaveLength(6);
  expect(server.requests[5]?.text).toContain("4 times in a row");
});
