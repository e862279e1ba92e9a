import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { download } from "../../launchd/download.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

const root = temporaryFolder("download");
const file = join(root, "file");
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  removeFolder(root);
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  mkdirSync(root, { recursive: true });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fetched(url: string, environment: Record<string, string> = {}, milliseconds = 60_000): Promise<void> {
  const machine = { root, uid: 501, environment, pid: process.pid };
  return download(url, file, { bytes: 1000, milliseconds }, machine, new AbortController().signal);
}

test("redirects are followed, but not for ever, and what comes is bounded in size and time", async () => {
  const url = await serve(({ url: path = "" }, response) => {
    if (path === "/moved") return void response.writeHead(302, { location: "/file" }).end();
    if (path === "/round") return void response.writeHead(302, { location: "/round" }).end();
    if (path === "/elsewhere") return void response.writeHead(302, { location: "file:///etc/passwd" }).end();
    if (path === "/silent") return;
    response.end("x".repeat(path === "/large" ? 1001 : 1000));
  });
  await fetched(`${url}/moved`);
  expect(readFileSync(file, "utf8")).toHaveLength(1000);
  await expect(fetched(`${url}/round`)).rejects.toThrow("redirected too often");
  await expect(fetched(`${url}/elsewhere`)).rejects.toThrow("file: is no protocol for a download");
  await expect(fetched(`${url}/large`)).rejects.toThrow("more than 1000 bytes");
  await expect(fetched(`${url}/silent`, {}, 300)).rejects.toThrow("it took longer than 0.3 s");
});

test("the proxy is the environment's, else that of the system settings; exceptions go around it", async () => {
  const asked: string[] = [];
  const proxy = await serve(({ url = "" }, response) => {
    asked.push(url);
    response.end("by proxy");
  });
  const direct = await serve((_, response) => void response.end("direct"));
  await fetched("http://far.invalid/a", { http_proxy: proxy });
  mkdirSync(join(root, "usr", "sbin"), { recursive: true });
  const scutil = join(root, "usr", "sbin", "scutil");
  const settings = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 127.0.0.1
  }
  HTTPEnable : 1
  HTTPPort : ${new URL(proxy).port}
  HTTPProxy : 127.0.0.1
  HTTPSEnable : 0
}`;
  writeFileSync(scutil, `#!/bin/sh\ncat <<'END'\n${settings}\nEND\n`);
  chmodSync(scutil, 0o755);
  await fetched("http://far.invalid/b");
  expect(asked).toEqual(["http://far.invalid/a", "http://far.invalid/b"]);
  await fetched(`${direct}/c`);
  expect(readFileSync(file, "utf8")).toBe("direct");
});
