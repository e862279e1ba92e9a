import type { ServerResponse } from "node:http";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Resolve } from "../../../src/tools/web/reachable.ts";
import { createWebFetch, webFetch } from "../../../src/tools/web/web-fetch.ts";
import { isAlive, world as anyWorld } from "../world.ts";
import { sends, site } from "./site.ts";

/** A world whose names all lead to this machine, and in which that is permitted. */
async function world(resolve: Resolve = async () => [{ address: "127.0.0.1", family: 4 }], allowed = ["127.0.0.0/8"]) {
  const made = await anyWorld({ tools: [createWebFetch(resolve)] });
  made.place.allowedPrivateHosts = allowed;
  return made;
}

const article = `<html><head><title>Hello</title></head><body><article><p>${"Some words of the article. ".repeat(20)}</p></article></body></html>`;

test("a page comes with title, address and text, and nothing of this machine goes out", async () => {
  const { url, headers } = await site(sends(article));
  const { call, facts } = await world();
  expect(await facts("web_fetch", { url: `${url}/a b` })).toMatchObject({
    domains: ["127.0.0.1"],
    preview: `${url}/a%20b`,
  });
  const outcome = await call("web_fetch", { url: `${url}/page` });
  expect(outcome).toMatchObject({ kind: "ok", isSideEffectPossible: true });
  expect(outcome.text).toMatch(/^Title: Hello\nURL: http:\/\/127\.0\.0\.1:\d+\/page\n\nSome words of the article\./);
  expect(Object.keys(headers[0] ?? {}).sort()).toEqual(
    ["accept", "accept-encoding", "accept-language", "connection", "host", "user-agent"].sort(),
  );
  expect(headers[0]?.["user-agent"]).toMatch(/^loopd\//);
});

test("without a word of the person no address of this machine is contacted, by any spelling", async () => {
  const { port, asked } = await site(sends(article));
  const { call } = await anyWorld({ tools: [webFetch] });
  for (const host of ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]) {
    const outcome = await call("web_fetch", { url: `http://${host}:${port}/` });
    expect(outcome.kind).toBe("error");
    expect(outcome.text).toContain("web.allowedPrivateHosts");
  }
  expect(asked).toEqual([]);
});

test("a name that leads to several addresses is refused if one of them is private", async () => {
  const { port, asked } = await site(sends(article));
  const both = async () => [
    { address: "93.184.215.14", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  const { call } = await world(both, []);
  expect((await call("web_fetch", { url: `http://two.example:${port}/` })).text).toContain(
    "two.example leads to 127.0.0.1",
  );
  expect(asked).toEqual([]);
});

test("the address that was checked is the one that is contacted, whatever the name means a moment later", async () => {
  const { port, asked } = await site(sends(article));
  let looks = 0;
  const rebinding: Resolve = async () => [{ address: (looks += 1) === 1 ? "127.0.0.1" : "127.0.0.99", family: 4 }];
  const { call } = await world(rebinding, ["127.0.0.1"]);
  expect((await call("web_fetch", { url: `http://rebind.example:${port}/one` })).kind).toBe("ok");
  expect(looks).toBe(1);
  expect(asked).toEqual(["rebind.example/one"]);
  expect((await call("web_fetch", { url: `http://rebind.example:${port}/two` })).text).toContain("127.0.0.99");
  expect(asked).toHaveLength(1);
});

test("redirects within a site are followed with a new check; those to another host are told", async () => {
  const { port, asked } = await site((request, response) => {
    const to: Record<string, string> = {
      "/start": `http://www.site.example:${port}/middle`,
      "/middle": `//site.example:${port}/end`,
      "/away": `http://other.example:${port}/x`,
      "/file": "file:///etc/passwd",
      "/secret": `http://user:word@site.example:${port}/`,
      "/loop": "/loop",
      "/bad": "http://[",
    };
    const location = to[request.url ?? ""];
    if (location === undefined) sends(article)(request, response);
    else response.writeHead(302, { location }).end();
  });
  let hosts: string[] = [];
  const resolve: Resolve = async (host) => {
    hosts.push(host);
    return [{ address: "127.0.0.1", family: 4 }];
  };
  const { call } = await world(resolve);
  const on = (path: string) => call("web_fetch", { url: `http://site.example:${port}${path}` });
  expect((await on("/start")).text).toContain(`URL: http://site.example:${port}/end`);
  expect(hosts).toEqual(["site.example", "www.site.example", "site.example"]);
  hosts = [];
  const away = await on("/away");
  expect(away.kind).toBe("ok");
  expect(away.text).toContain(
    `another host, other.example. Nothing was fetched yet. To go on, call web_fetch with http://other.example:${port}/x`,
  );
  expect(hosts).toEqual(["site.example"]);
  expect((await on("/file")).text).toContain("no web page");
  expect((await on("/secret")).text).not.toContain("word@");
  expect((await on("/bad")).text).toContain("cannot be read");
  expect(await on("/loop")).toMatchObject({ kind: "error", text: expect.stringContaining("more than 5 times") });
  expect(asked.filter((one) => one.endsWith("/loop"))).toHaveLength(6);
  expect(asked.filter((one) => one.includes("other.example"))).toEqual([]);
});

test.each([
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["gzip, br", (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))],
])("a body packed with %s is unpacked", async (encoding, pack) => {
  const { url } = await site(
    sends(pack(Buffer.from("Grüße")), "text/plain; charset=utf-8", { "content-encoding": encoding }),
  );
  const { call } = await world();
  expect((await call("web_fetch", { url })).text).toMatch(/\n\nGrüße$/);
});

test("a bomb stops at 5 MiB, and damaged or unknown packing is told", async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, "a"));
  const { url } = await site((request, response) => {
    const [body, encoding] =
      request.url === "/bomb"
        ? [bomb, "gzip"]
        : request.url === "/bad"
          ? [Buffer.from("nonsense"), "gzip"]
          : [bomb, "zip"];
    sends(body, "text/plain", { "content-encoding": encoding })(request, response);
  });
  const { call, blob } = await world();
  const outcome = await call("web_fetch", { url: `${url}/bomb` });
  expect(outcome.text).toContain("[only the first 5,242,880 bytes of it were read]");
  expect((await blob(outcome.blob)).length).toBeLessThan(5_243_200);
  expect((await call("web_fetch", { url: `${url}/bad` })).text).toContain("damaged");
  expect((await call("web_fetch", { url: `${url}/zip` })).text).toContain("not asked for");
});

test.each([
  ["text/html; charset=iso-8859-1", Buffer.from("<p>Gr\u00fc\u00dfe</p>", "latin1"), "Grüße"],
  ["text/html", Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>', "latin1"), "Привет"],
  ["text/html; charset=no-such-thing", Buffer.from("<p>Grüße</p>"), "Grüße"],
  ["text/html", Buffer.from("<p>Gr\u00fc\u00dfe</p>", "latin1"), "Grüße"],
  ["text/html; charset=windows-1252", Buffer.from("\ufeff<p>Grüße</p>"), "Grüße"],
  ["text/plain; charset=utf-16", Buffer.from("Grüße", "utf16le"), "Grüße"],
  ["text/plain; charset=shift_jis", Buffer.from([0x93, 0xfa, 0x96, 0x7b]), "日本"],
  ["application/json", Buffer.from('{"a":"ü"}'), '{"a":"ü"}'],
])("%s is decoded", async (type, bytes, text) => {
  const { url } = await site(sends(bytes, type));
  const { call } = await world();
  expect((await call("web_fetch", { url })).text).toMatch(new RegExp(`\\n\\n${text.replace(/[{}]/g, "\\$&")}$`));
});

test("what is no text is told by type and size, and its body is not waited for", async () => {
  const { url } = await site((request, response) => {
    if (request.url === "/pdf")
      response.writeHead(200, { "content-type": "application/pdf", "content-length": "1234567" }).write("%PDF");
    else
      sends(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), request.url === "/lie" ? "text/html" : "")(
        request,
        response,
      );
  });
  const { call } = await world();
  expect(await call("web_fetch", { url: `${url}/pdf` })).toMatchObject({
    kind: "error",
    text: expect.stringContaining("This is application/pdf (1,234,567 bytes), not text"),
  });
  expect((await call("web_fetch", { url: `${url}/lie` })).text).toContain("not text");
  expect((await call("web_fetch", { url: `${url}/untold` })).text).toContain("of an unknown type");
});

test("a status that is trouble is an error with what the page says", async () => {
  const { url } = await site((_, response) => {
    response.writeHead(404, { "content-type": "text/html" }).end("<h1>No such page</h1>");
  });
  const { call } = await world();
  const outcome = await call("web_fetch", { url });
  expect(outcome.kind).toBe("error");
  expect(outcome.text).toMatch(/^ERROR: The server answered with status 404\.\n[^]*No such page/);
});

test("headers that come one letter at a time end at 15 s, and a call that is stopped ends at once", async () => {
  const { url } = await site((request, response) => {
    if (request.url === "/slow") {
      const timer = setInterval(() => request.socket.write("X"), 1000);
      request.socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
      request.socket.on("close", () => clearInterval(timer)).on("error", () => undefined);
    } else response.writeHead(200, { "content-type": "text/html" }).write("<p>begun");
  });
  const { call } = await world();
  const stop = new AbortController();
  const [slow, stopped] = await Promise.all([
    call("web_fetch", { url: `${url}/slow` }),
    call("web_fetch", { url: `${url}/hangs` }, { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(2000)]) }),
  ]);
  expect(slow.text).toContain("did not answer within 15 s");
  expect(stopped.text).toContain("Fetching was stopped");
});

test("hostile servers are answers: nothing there, broken off, nonsense, huge headers", async () => {
  const { url } = await site((request, response: ServerResponse) => {
    if (request.url === "/broken")
      response
        .writeHead(200, { "content-length": "1000", "content-type": "text/plain" })
        .write("x", () => request.socket.destroy());
    else if (request.url === "/nonsense") request.socket.end("hello there\r\n\r\n");
    else request.socket.end(`HTTP/1.1 200 OK\r\n${"long-name: value\r\n".repeat(30_000)}\r\n`);
  });
  const { call } = await world();
  const on = async (path: string) => (await call("web_fetch", { url: `${url}/${path}` })).text;
  expect(await on("broken")).toMatch(/broke the connection off|request failed/);
  expect(await on("nonsense")).toContain("request failed");
  expect(await on("headers")).toContain("headers are larger");
  expect((await call("web_fetch", { url: "http://127.0.0.1:1/" })).text).toContain("Nothing answers");
  const failing = await world(() => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })));
  expect((await failing.call("web_fetch", { url: "http://nowhere.example/" })).text).toContain("no such host");
});

test("a hostile page is read in a process of its own, which is gone afterwards", async () => {
  const { url } = await site(sends(`<title>Deep</title>${"<div>".repeat(100_000)}bottom`));
  const { call } = await world();
  const pids: number[] = [];
  const outcome = await call("web_fetch", { url }, { spawned: async (pid) => void pids.push(pid) });
  expect(outcome.text).toMatch(/^Title: Deep\n[^]*\n\nbottom$/);
  expect(pids.length).toBeGreaterThan(0);
  expect(pids.filter(isAlive)).toEqual([]);
});

test("a page that its parser cannot get through is read for its text alone", async () => {
  const attributes = Array.from({ length: 400_000 }, (_, n) => `a${n}="x"`).join(" ");
  const { url } = await site(sends(`<p ${attributes}>hello</p>`));
  const { call } = await world();
  const pids: number[] = [];
  const outcome = await call("web_fetch", { url }, { spawned: async (pid) => void pids.push(pid) });
  expect(outcome.text).toMatch(/\n\nhello$/);
  expect(pids.filter(isAlive)).toEqual([]);
});

test("hidden characters are taken out, a long page goes to a blob", async () => {
  const hidden = `a\u202eb\u{e0041}c\u0007d\u200be ${"word ".repeat(10_000)}`;
  const { url } = await site(sends(hidden, "text/plain; charset=utf-8"));
  const { call, blob } = await world();
  const outcome = await call("web_fetch", { url });
  expect(outcome.text).toContain("\n\nabcde word");
  expect(outcome.text).toContain("read_more");
  expect((await blob(outcome.blob)).toString()).toMatch(/word $/);
});
