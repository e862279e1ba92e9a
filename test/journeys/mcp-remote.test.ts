import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { installed } from "../fakes/mcp/installed.ts";
import { mcpHome, results } from "../fakes/mcp/home.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

const CHROMIUM = "/usr/bin/chromium";
const rules = [{ id: "allow", when: { tool: ["everything__*", "browser__*"] }, decision: "execute" as const }];

/** Starts server-everything as a server of its own; resolves with its port once it listens. */
async function everything(transport: "streamableHttp" | "sse"): Promise<{ port: number; child: ChildProcess }> {
  const { command, args } = installed.everything(transport);
  const free = createTcpServer();
  await new Promise<void>((done) => free.listen(0, "127.0.0.1", done));
  const { port } = free.address() as AddressInfo;
  await new Promise((done) => free.close(done));
  const env = { ...process.env, PORT: String(port) };
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise<void>((done, fail) => {
    child.stderr.on("data", (text: Buffer) => /port \d+/.test(String(text)) && done());
    child.once("exit", (code) => fail(new Error(`server-everything ended with ${code}`)));
  });
  return { port, child };
}

test.each([
  ["streamableHttp", "http", "mcp"],
  ["sse", "sse", "sse"],
] as const)(
  "server-everything over %s: called, with progress past its limit, and cancelled",
  async (mode, type, path) => {
    const { port } = await everything(mode);
    const url = `http://127.0.0.1:${port}/${path}`;
    const { home } = mcpHome({ mcpServers: { everything: { url, type, timeLimitMs: 2000, listed: true } }, rules });
    const steps = script()
      .calls("everything__echo", { message: "over the wire" })
      .calls("everything__trigger-long-running-operation", { duration: 5, steps: 10 })
      .calls("everything__trigger-long-running-operation", { duration: 600, steps: 1 })
      .calls("everything__get-tiny-image")
      .says("done");
    const { face } = await journey(steps, { home });
    await face.submit({ input: "go" });
    expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
    const [echo, long, late, image] = results(face);
    expect(echo?.text).toBe("Echo: over the wire");
    expect(long).toMatchObject({ outcome: "ok", text: expect.stringContaining("completed") });
    expect(late?.outcome).toBe("timed-out");
    expect(image?.text).toContain("image/png");
  },
);

test("a remote server that goes away in a call: the call says so, the turn goes on", async () => {
  const { port, child } = await everything("streamableHttp");
  const url = `http://127.0.0.1:${port}/mcp`;
  const { home } = mcpHome({ mcpServers: { everything: { url } }, rules });
  const steps = script().calls("everything__trigger-long-running-operation", { duration: 600, steps: 600 }).says("sad");
  const { face } = await journey(steps, { home });
  await face.submit({ input: "go" });
  await face.untilKind("tool.started");
  while (!face.deltas.some(({ text }) => text.includes("of 600"))) await new Promise((done) => setTimeout(done, 50));
  child.kill("SIGKILL");
  expect((await face.untilKind("turn.finished")).data).toEqual({ finish: "done", text: "sad" });
  expect(results(face)[0]).toMatchObject({ outcome: "error", text: expect.stringContaining("MCP server everything") });
});

test.skipIf(!existsSync(CHROMIUM) && process.env["LOOPD_CI"] !== "1")(
  "@playwright/mcp opens a page in Chromium (apt-get install chromium) and reads it; nothing of it outlives the helper",
  async () => {
    const page = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<title>A page</title><h1>Welcome home</h1><button>Press me</button>");
    });
    await new Promise<void>((done) => page.listen(0, "127.0.0.1", done));
    onTestFinished(() => void page.close());
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}/`;
    const cwd = temporaryFolder("browser");
    onTestFinished(() => removeFolder(cwd));
    const flags = ["--headless", "--no-sandbox", "--isolated", "--executable-path", CHROMIUM];
    const { home, processes } = mcpHome({ mcpServers: { browser: { ...installed.playwright(...flags), cwd } }, rules });
    const steps = script()
      .calls("find_tools", { query: "navigate browser" })
      .calls("call_tool", { name: "browser__browser_navigate", arguments: { url } })
      .calls("call_tool", { name: "browser__browser_snapshot", arguments: {} })
      .says("seen");
    const { face, helper } = await journey(steps, { home });
    await face.submit({ input: "look" });
    expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
    const [found, opened, snapshot] = results(face);
    expect(found?.text).toContain("browser__browser_navigate");
    expect(opened, opened?.text).toMatchObject({ outcome: "ok" });
    expect(snapshot?.text).toMatch(/Welcome home|Press me/);
    expect((await processes()).length).toBeGreaterThan(2);
    await helper.stop();
    expect(await processes()).toEqual([]);
  },
);
