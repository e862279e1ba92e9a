import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHooks } from "../../../helper-daemon/hooks/hooks.ts";
import type { Hook, HookInput } from "../../../src/protocol/hooks.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";
import { isAlive, pidsIn } from "../../tools/world.ts";

const input: HookInput = {
  ...{ v: 1, at: "after", session: "s", turn: "t", workspace: "/w", env: { trust: "guest" } },
  call: { callId: "t.1.0", name: "files_read", arguments: { path: "a" }, effect: "read" },
};

/** Asks a hook that runs these words, in a home of its own. */
function asking(): {
  folder: string;
  ask(command: string[], more?: Partial<Hook>, told?: HookInput): Promise<unknown>;
} {
  const folder = temporaryFolder("hooks");
  onTestFinished(() => removeFolder(folder));
  const { ask: port } = createHooks({ folder, environment: { ...process.env, SECRET_KEY: "sk-1" } });
  const base: Hook = { name: "h", at: ["after"], mode: "restrictive" };
  return {
    folder,
    ask: (command, more = {}, told = input) => port({ ...base, command, ...more }, told, new AbortController().signal),
  };
}

test("a hook gets the whole document, and no secret of the helper", async () => {
  const { ask } = asking();
  const script = 'process.stdin.on("data", (d) => process.stdout.write(d)).resume()';
  expect(await ask([process.execPath, "-e", script])).toEqual(input);
  const secret = 'process.stdout.write(JSON.stringify({ key: process.env.SECRET_KEY ?? "none" }))';
  expect(await ask([process.execPath, "-e", secret])).toEqual({ key: "none" });
});

test("a relative program is the home's, whatever the workspace holds", async () => {
  const { folder, ask } = asking();
  writeFileSync(join(folder, "audit"), "#!/bin/sh\necho '{}'\n");
  chmodSync(join(folder, "audit"), 0o755);
  expect(await ask(["./audit"])).toEqual({});
});

test("a hook that never reads its input may answer all the same, however long the input is", async () => {
  const { ask } = asking();
  const long = { ...input, outcome: { kind: "ok", text: "x".repeat(2_000_000), isSideEffectPossible: false } };
  expect(await ask(["sh", "-c", "echo '{}'"], {}, long)).toEqual({});
});

test.each([
  ["is not there", ["./missing"], "could not be started"],
  ["fails", ["sh", "-c", "echo '{}'; echo broken >&2; exit 7"], "exit code 7: broken"],
  ["is killed", ["sh", "-c", "kill -9 $$"], "SIGKILL"],
  ["says nothing", ["true"], "printed nothing"],
  ["says two things", ["sh", "-c", "echo '{}'; echo '{}'"], "one JSON document"],
  ["floods", ["sh", "-c", "yes"], "more than 1048576 bytes"],
])("a program that %s fails in words", async (_, command, words) => {
  await expect(asking().ask(command)).rejects.toThrow(words);
});

test("stopping a hook ends everything that it started", async () => {
  const { folder } = asking();
  const { ask: port } = createHooks({ folder, environment: process.env });
  const stop = new AbortController();
  const pids = join(folder, "pids");
  const command = ["sh", "-c", `trap "" TERM; sleep 1000 & echo $! > ${pids}; echo $$ >> ${pids}; wait`];
  const asked = port({ name: "h", at: ["after"], mode: "restrictive", command }, input, stop.signal);
  const running = await pidsIn(pids, 2);
  stop.abort();
  await expect(asked).rejects.toThrow("was stopped");
  expect(running.filter(isAlive)).toEqual([]);
});

test("the schema check tells path and expectation, takes both dialects, and fetches nothing", async () => {
  const { folder, ask } = asking();
  const check = (schema: Hook["schema"], answer: string) =>
    ask([], { command: undefined, builtin: "schema", schema }, { ...input, at: "answer", call: undefined, answer });
  const schema = { type: "object", properties: { a: { enum: ["x", "y"] } }, required: ["a", "b"] };
  expect(await check(schema, '{"a":"z"}')).toEqual({
    verdict: "fail",
    text: `(top level) must have required property 'b'; /a must be equal to one of the allowed values: ["x","y"]`,
  });
  expect(await check(schema, '{"a":"x","b":null}')).toEqual({ verdict: "pass" });
  const old = { $schema: "http://json-schema.org/draft-07/schema#", type: "array", items: [{ type: "string" }] };
  expect(await check(old, "[1]")).toMatchObject({ verdict: "fail", text: "/0 must be string" });
  for (const draft of ["http://json-schema.org/draft-06/schema#", "https://json-schema.org/draft/2019-09/schema"])
    expect(await check({ $schema: draft, ...schema }, '{"a":"x","b":1}')).toEqual({ verdict: "pass" });
  const { schemaProblem } = createHooks({ folder, environment: process.env });
  expect(await schemaProblem({ $ref: "http://127.0.0.1:9/schema" })).toContain("can't resolve reference");
  expect(await schemaProblem({ $schema: "http://json-schema.org/draft-04/schema#" })).toContain(
    "known are the drafts 6",
  );
  expect(await schemaProblem({ type: "object" })).toBeUndefined();
});
