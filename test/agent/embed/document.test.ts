import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { script, startModelServer } from "../../fakes/model-server.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const page = readFileSync(join(root, "docs/embedding.md"), "utf8");
const [first = "", real = "", resuming = ""] = [...page.matchAll(/^```js\n([^]*?)^```$/gm)].map(
  ([, code = ""]) => code,
);

let project = "";

/** A project as the page makes one: `npm install ../loopd` leaves a link behind. */
beforeAll(async () => {
  await execa(process.execPath, [join(root, "scripts/build-agent.mjs"), "--if-stale"]);
  project = mkdtempSync(join(tmpdir(), "embedder-"));
  mkdirSync(join(project, "node_modules/@anthropic-ai"), { recursive: true });
  symlinkSync(root, join(project, "node_modules/loopd"));
  for (const name of ["zod", "@anthropic-ai/sdk"]) {
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  }
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = async (file: string, code: string, env: Record<string, string> = {}) => {
  writeFileSync(join(project, file), code);
  const { stdout } = await execa(process.execPath, [file], { cwd: project, env });
  return stdout;
};

test("the first example of the page has at most 30 lines, and does what it says", async () => {
  expect(first.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
  const said = /console\.log\(.*\/\/ (.*)$/m.exec(first)?.[1];
  expect(await run("first.js", first)).toBe(said);
});

test("the example with a real endpoint streams from one", async () => {
  const server = await startModelServer(script().says("Hello there."));
  try {
    const env = { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: "none" };
    expect(await run("real.js", real, env)).toBe("Hello there.\ndone");
    expect(server.requests[0]?.body.model).toBe("claude-sonnet-4-5");
  } finally {
    await server.close();
  }
});

test("the example that crashes while it asks goes on in its second run", async () => {
  expect(await run("resuming.js", resuming)).toBe("");
  const before = readFileSync(join(project, "trace.jsonl"), "utf8");
  expect(before).toContain('"card.opened"');
  expect(await run("resuming.js", resuming)).toBe("Done.");
  const after = readFileSync(join(project, "trace.jsonl"), "utf8");
  expect(after.startsWith(before)).toBe(true);
  expect(after.match(/"kind":"tool\.started"/g)).toHaveLength(1);
});

test("the built file imports nothing, and its types hold what a program would get wrong", async () => {
  const built = readFileSync(join(root, "assets/agent/agent.mjs"), "utf8");
  expect(built).not.toMatch(/^import\b|\bimport\(|\bfrom ?"node:/m);
  const program = `
    import { defineTool, openSession, type Runtime, type ToolExecutionPolicy } from "loopd/agent";
    import { hash, randomUUID } from "node:crypto";
    import * as z from "zod";
    const runtime: Runtime = { now: Date.now, startTimer: setTimeout, stopTimer: clearTimeout, newId: randomUUID, hash };
    const tool = defineTool({
      name: "add", description: "Add.", effect: "read",
      input: z.object({ a: z.number() }),
      run: ({ a }, { signal }) => (signal.aborted ? { text: "no", isError: true } : (a + 1).toFixed(0)),
    });
    const policy: ToolExecutionPolicy = { resolve: ({ name }) => ({ decision: name === "add" ? "execute" : "deny" }) };
    const model = async () => ({ content: [{ type: "text" as const, text: "hi" }], stopReason: "end_turn" });
    const session = openSession({ runtime, tools: [tool], policy, model });
    const turn = await session.send("x", { schema: z.toJSONSchema(z.object({})), availableTools: { include: ["add"] } });
    for await (const event of turn.events) if (event.type === "card") await session.approve(event.card.cardId);
    // @ts-expect-error a decision that there is not
    export const wrong: ToolExecutionPolicy = { resolve: () => ({ decision: "maybe" }) };
    // @ts-expect-error an argument that the schema does not have
    defineTool({ name: "b", description: "", effect: "read", input: z.object({ a: z.string() }), run: ({ nope }) => nope });
  `;
  writeFileSync(join(project, "program.ts"), program);
  symlinkSync(join(root, "node_modules/@types"), join(project, "node_modules/@types"));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"];
  const { stdout, exitCode } = await execa(process.execPath, [tsc, ...options, "program.ts"], {
    cwd: project,
    reject: false,
  });
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
});
