import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { uncoveredHosts } from "../../../src/tools/shell/host-grants.ts";
import { world } from "../world.ts";
import { sandboxTest } from "./sandbox-test.ts";

const ON = { sandbox: { mode: "auto" as const, domains: [] } };

/** A real server on this machine, and the paths that were asked of it. */
async function service(): Promise<{ host: string; port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("the page\n");
  });
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, port, asked };
}

/** A client that every machine of ours has. It goes through the proxy of its environment. */
const fetching = (url: string) =>
  `'${process.execPath}' --no-warnings --use-env-proxy -e 'fetch("${url}").then(r=>r.text()).then(t=>console.log(t),e=>{console.log("failed",e.cause?.code??e.message);process.exit(3)})'`;

sandboxTest("a granted host is reached, by the command that it was granted to alone", async () => {
  const here = await world(ON);
  const { host, port, asked } = await service();
  const other = await service();
  const granted = {
    command: `${fetching(`http://${host}/granted`)}; ${fetching(`http://${other.host}/other`)}`,
    domains: [host],
  };
  const [one, two] = await Promise.all([
    here.call("shell_run", granted),
    here.call("shell_run", { command: fetching(`http://${host}/neighbour`) }),
  ]);
  expect(one?.text).toContain("the page\n");
  expect(two?.text).not.toContain("the page");
  expect(asked).toEqual(["/granted"]);
  expect(other.asked).toEqual([]);
  expect(one?.text).toContain(`reach none of ${other.host}`);
  const wrongPort = await here.call("shell_run", {
    command: fetching(`http://${host}/port`),
    domains: [`127.0.0.1:${port - 1}`],
  });
  expect(wrongPort.text).not.toContain("the page");
  expect(asked).toEqual(["/granted"]);
});

sandboxTest("without a grant there is no network, and the answer names what was tried", async () => {
  const here = await world(ON);
  const { host, asked } = await service();
  const direct = `require("net").connect(${host.split(":")[1] ?? ""},"127.0.0.1").on("connect",()=>console.log("in")).on("error",e=>console.log(e.code))`;
  const { text } = await here.call("shell_run", { command: `'${process.execPath}' -e '${direct}'` });
  expect(text).toContain("ECONNREFUSED");
  const named = await here.call("shell_run", { command: fetching("http://nowhere.example/") });
  expect(named.text).toContain(
    'let it reach none of nowhere.example:80; to ask for that, call again with "domains": ["nowhere.example"]'.replace(
      ":80",
      "",
    ),
  );
  expect(asked).toEqual([]);
});

sandboxTest("a standing grant of the configuration needs no request", async () => {
  const { host, asked } = await service();
  const here = await world({ sandbox: { mode: "auto", domains: [host] } });
  const { text } = await here.call("shell_run", {
    command: fetching(`http://${host}/standing`),
    domains: ["localhost"],
  });
  expect(text).toContain("the page");
  expect(asked).toEqual(["/standing"]);
});

test("a standing grant covers its host, its ports and, with a star, what lies below", () => {
  const standing = ["*.example.com", "npmjs.org:443", "[::1]", "10.0.0.5"];
  const covered = [
    "a.example.com",
    "A.B.Example.com:99",
    "*.x.example.com",
    "npmjs.org:443",
    "[::1]:8080",
    "10.0.0.5:1",
  ];
  expect(uncoveredHosts(covered, standing)).toEqual([]);
  const open = ["example.com", "notexample.com", "npmjs.org", "npmjs.org:80", "a.npmjs.org:443", "[::2]", "10.0.0.50"];
  expect(uncoveredHosts(open, standing)).toEqual([...open].sort());
});

test("only hosts can be asked for", async () => {
  const here = await world();
  const good = [
    "example.com",
    "*.example.com",
    "a_b.example.com:443",
    "localhost:3000",
    "10.0.0.5",
    "[2001:db8::1]:443",
  ];
  expect(here.catalogue.book.parse("shell_run", { command: "x", domains: good }).type).toBe("parsed");
  for (const bad of [
    "*",
    "*.com",
    "https://example.com",
    "example.com/path",
    "com",
    "a b.c",
    "",
    "::1",
    "x.com:0",
    ".a.b",
  ]) {
    expect(here.catalogue.book.parse("shell_run", { command: "x", domains: [bad] }).type, bad).toBe("invalid");
  }
});
