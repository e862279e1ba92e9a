import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { removeFolder, temporaryFolder } from "./helper.ts";

const ROUTER = resolve(import.meta.dirname, "../../node_modules/@musistudio/claude-code-router/dist/cli.js");

/**
 * Starts `@musistudio/claude-code-router` as a process of its own, on a home of its own, for the test that runs: the
 * Messages dialect in, chat completions to `url` out. Its address, once it serves.
 */
export async function startRouter(url: string, model: string): Promise<string> {
  const home = temporaryFolder("router");
  onTestFinished(() => removeFolder(home));
  const folder = join(home, ".claude-code-router");
  mkdirSync(folder);
  const port = await freePort();
  const provider = { name: "mock", api_base_url: `${url}/v1/chat/completions`, api_key: "none", models: [model] };
  const config = {
    HOST: "127.0.0.1",
    PORT: port,
    LOG: false,
    NON_INTERACTIVE_MODE: true,
    Providers: [provider],
    Router: { default: `mock,${model}` },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const child = spawn(process.execPath, [ROUTER, "start"], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => ended(child));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const address = `http://127.0.0.1:${port}`;
  // It says nothing when it serves.
  while (!(await isServing(address))) {
    if (child.exitCode !== null) throw new Error(`the router ended with ${child.exitCode}: ${said}`);
    await wait(50);
  }
  return address;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function isServing(address: string): Promise<boolean> {
  return fetch(`${address}/health`).then(
    async (response) => (await response.text()) !== "" && response.ok,
    () => false,
  );
}

/** A port that nobody listens on: the router wants to be told one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
