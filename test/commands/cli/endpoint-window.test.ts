import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { script } from "../../fakes/model-script.ts";
import { runtimes } from "../../fakes/runtime-server.ts";
import { ROOMY, startWindowed } from "../../fakes/windowed-server.ts";
import { type CliOnHome, cliOn } from "./run-cli.ts";

let cli: CliOnHome;
beforeEach(() => {
  cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-window-")));
});
afterEach(() => cli.remove());

/** Reads so many files of 3,000 bytes, then answers. */
function reads(count: number) {
  const steps = script();
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(cli.workspace, `${index}.txt`), "some words of a file\n".repeat(143));
    steps.calls("files_read", { path: `${index}.txt` });
  }
  return steps.says("all read");
}

test("ask says at once, and once, that the server drops messages; show tells what was seen, set mends it", async () => {
  const server = await startWindowed(reads(9), { window: 4_096, full: "drops", counts: "whole" });
  await cli.run(["endpoints", "add", "box", "--url", server.url, "--model", "m", "--window", "65536", "--use"]);
  const { stdout, stderr, exitCode } = await cli.run(["ask", "read them"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "all read\n" });
  expect(stderr.match(/leave out the beginning of the conversation/g)).toHaveLength(1);
  expect(stderr).toMatch(/OLLAMA_CONTEXT_LENGTH[^]*loopd endpoints set box --window N/);
  const shown = (await cli.run(["endpoints", "show", "box"])).stdout;
  expect(shown).toMatch(/\d{4} tokens \(observed, not the 65536 declared\)/);
  expect(shown).toMatch(/window, observed +\d{4} tokens +its count of a request that was larger +\w+/);
  expect(shown).toContain("Not probed yet: loopd endpoints probe box");
  const examined = await cli.run(["helper", "doctor"]);
  expect(examined.stdout).toMatch(/endpoint: box listens[^\n]* not the 65536 declared[^]*endpoints set box --window N/);
  const mended = await cli.run(["endpoints", "set", "box", "--window", "32768"]);
  expect(mended.stdout).toContain("32768 tokens ·");
  expect((await cli.run(["endpoints", "show", "box"])).stdout).not.toContain("observed");
});

test("ask --json keeps the warning in the trace, and says it on standard error", async () => {
  const routes = runtimes.llamaServer(8_192, 262_144);
  const server = await startWindowed(script().says("hello"), ROOMY, routes);
  await cli.run(["endpoints", "add", "box", "--url", server.url, "--model", "qwen3-8b", "--window", "262144", "--use"]);
  const { stdout, stderr } = await cli.run(["ask", "--json", "hello"]);
  const kinds = stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { kind?: string }).kind);
  expect(kinds.filter((kind) => kind === "warning.raised")).toHaveLength(1);
  expect(stderr).toContain("has 8,192 tokens loaded for qwen3-8b, not the 262,144 that are declared");
});

test("LOOPD_ENDPOINT_* say window, trust, key's header and images of an endpoint that is not saved", async () => {
  const server = await startWindowed(script().says("hello").says("again"), ROOMY, runtimes.llamaServer(8_192, 8_192));
  const env = {
    LOOPD_ENDPOINT_URL: server.url,
    LOOPD_ENDPOINT_MODEL: "m",
    LOOPD_ENDPOINT_KEY: "the-key",
    LOOPD_ENDPOINT_AUTH: "bearer",
    LOOPD_ENDPOINT_WINDOW: "65536",
    LOOPD_ENDPOINT_VISION: "yes",
  };
  const near = await cli.run(["ask", "--json", "hello"], { env });
  expect(near.exitCode).toBe(0);
  expect(near.stderr).toContain("LOOPD_ENDPOINT_WINDOW=8192");
  expect(near.stdout).toContain('"takesImages":true');
  expect(server.seen.every(({ headers }) => headers.authorization === "Bearer the-key")).toBe(true);
  const before = server.seen.length;
  const far = await cli.run(["ask", "hello"], { env: { ...env, LOOPD_ENDPOINT_TRUST: "remote" } });
  expect(far).toMatchObject({ exitCode: 0, stdout: "again\n" });
  expect(server.seen.slice(before).map(({ method }) => method)).toEqual(["POST"]);
});

test.each([
  ["WINDOW", "many", "a whole number of tokens"],
  ["WINDOW", "12", "a whole number of tokens"],
  ["TRUST", "friend", "local or remote"],
  ["AUTH", "cookie", "none or x-api-key or bearer"],
  ["VISION", "maybe", "yes or no"],
  ["DIALECT", "french", "anthropic or openai"],
])("LOOPD_ENDPOINT_%s=%s is refused in words", async (name, value, words) => {
  const env = {
    LOOPD_ENDPOINT_URL: "http://127.0.0.1:9",
    LOOPD_ENDPOINT_MODEL: "m",
    [`LOOPD_ENDPOINT_${name}`]: value,
  };
  const { exitCode, stderr } = await cli.run(["ask", "hello"], { env });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`LOOPD_ENDPOINT_${name} is ${value}; it can be ${words}`);
});
