import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { approveEverything, removeFolder, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { isAlive } from "../tools/world.ts";
import { sends, site } from "../tools/web/site.ts";

/** A home whose configuration is this one. */
function homeWith(config: object): string {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  return home;
}

const permitted = [{ id: "all", when: {}, decision: "execute" as const }];
const outcomes = (face: Witness) =>
  face.entries.flatMap(({ kind, data }) => (kind === "tool.finished" ? [`${data.name} ${data.outcome}`] : []));
const texts = (face: Witness) =>
  face.entries.flatMap(({ kind, data }) => (kind === "tool.finished" ? [data.text] : []));

test("a page is approved by its host, fetched, and nothing is left of the process that read it", async () => {
  const { url, asked } = await site(sends("<title>News</title><h1>Good news</h1><p>All is well.</p>"));
  const home = homeWith({ web: { allowedPrivateHosts: ["127.0.0.1"] } });
  const { face, server } = await journey(script().calls("web_fetch", { url, _rationale: "to know" }).says("done"), {
    home,
  });
  const { session } = await face.submit({ input: "what is new?" });
  const opened = await face.untilKind("card.opened");
  const { cards } = await face.connection.request("card.list", { session });
  expect(cards).toMatchObject([
    {
      tool: "web_fetch",
      effect: "network",
      rationale: "to know",
      facts: { domains: ["127.0.0.1"], preview: `${url}/` },
    },
  ]);
  expect(asked).toEqual([]);
  await face.connection.request("card.resolve", { cardId: opened.data.cardId, resolution: "approved", by: "test" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(texts(face)).toEqual([`Title: News\nURL: ${url}/\n\n# Good news\n\nAll is well.`]);
  expect(JSON.stringify(server.requests.at(-1)?.body.messages)).toContain("All is well.");
  const pids = face.entries.flatMap(({ kind, data }) => (kind === "tool.spawned" ? [data.pid] : []));
  expect(pids).toHaveLength(1);
  expect(pids.filter(isAlive)).toEqual([]);
});

test("an approval does not open this machine, and another host is only named", async () => {
  const { url, port, asked } = await site((_, response) => {
    response.writeHead(301, { location: "http://elsewhere.example/x" }).end();
  });
  const steps = () =>
    script()
      .calls("web_fetch", { url: `http://localhost:${port}/` })
      .calls("web_fetch", { url })
      .says("done");
  const closed = await journey(steps(), { home: homeWith({ rules: permitted }) });
  await approveEverything(closed.helper);
  await closed.face.submit({ input: "go" });
  expect((await closed.face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(outcomes(closed.face)).toEqual(["web_fetch error", "web_fetch error"]);
  expect(
    texts(closed.face)
      .join("\n")
      .match(/web\.allowedPrivateHosts/g),
  ).toHaveLength(2);
  expect(asked).toEqual([]);

  const open = await journey(steps(), {
    home: homeWith({ rules: permitted, web: { allowedPrivateHosts: ["localhost", "127.0.0.0/8"] } }),
  });
  await approveEverything(open.helper);
  await open.face.submit({ input: "go" });
  await open.face.untilKind("turn.finished");
  expect(asked).toHaveLength(2);
  for (const text of texts(open.face)) expect(text).toContain("call web_fetch with http://elsewhere.example/x");
});

test("a bomb, hostile HTML and a page that never ends cost one call each", async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, "<b>"));
  const { url } = await site((request, response) => {
    if (request.url === "/bomb") return sends(bomb, "text/html", { "content-encoding": "gzip" })(request, response);
    if (request.url === "/deep") return sends("<i>".repeat(1_000_000), "text/html")(request, response);
    response.writeHead(200, { "content-type": "text/html" }).write("<p>begun");
  });
  const home = homeWith({
    ...{ rules: permitted, web: { allowedPrivateHosts: ["127.0.0.1"] } },
    limits: { tools: { web_fetch: 30_000 } },
  });
  const { face, helper } = await journey(
    script()
      .calls("web_fetch", { url: `${url}/bomb` })
      .calls("web_fetch", { url: `${url}/deep` })
      .calls("web_fetch", { url: `${url}/never` })
      .says("done"),
    { home },
  );
  await approveEverything(helper);
  await face.submit({ input: "go" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(outcomes(face)).toEqual(["web_fetch ok", "web_fetch ok", "web_fetch error"]);
  expect(texts(face)[2]).toContain("then stopped");
});

/** Programs that write their arguments and input to files in a folder, before all others on the PATH. */
function recorders(names: readonly string[]): { PATH: string; said: () => string } {
  const folder = temporaryFolder("programs");
  onTestFinished(() => removeFolder(folder));
  const records = join(folder, "records");
  mkdirSync(records);
  for (const name of names) {
    const lines = ["#!/bin/sh", `{ echo "${name} $*"; cat; } >> "${join(records, name)}"`];
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const said = () =>
    readdirSync(records)
      .map((name) => readFileSync(join(records, name), "utf8"))
      .join("\n");
  return { PATH: `${folder}${delimiter}${process.env["PATH"]}`, said };
}

test.skipIf(process.platform !== "linux")("each of the small tools does its work through call_tool", async () => {
  const { PATH, said } = recorders(["xdg-open", "xclip", "notify-send", "espeak-ng", "gio"]);
  const data = temporaryFolder("data");
  onTestFinished(() => removeFolder(data));
  mkdirSync(join(data, "applications"));
  writeFileSync(join(data, "applications/fox.desktop"), "[Desktop Entry]\nType=Application\nName=Fox\nExec=fox\n");
  const through = (name: string, values: object = {}) => ({ name: "call_tool", input: { name, arguments: values } });
  const { face } = await journey(
    script()
      .calls([
        through("open_url", { url: "https://example.com/a" }),
        through("clipboard_write", { text: "copied" }),
        through("clipboard_read"),
        through("notify", { title: "Tea", text: "is ready" }),
        through("speak", { text: "Tea is ready" }),
        through("app_list", { query: "fox" }),
        through("app_open", { app: "fox" }),
        through("permissions_check"),
        through("permissions_request", { permission: "screen", why: "to see" }),
      ])
      .says("done"),
    { home: homeWith({ rules: permitted }), environment: { PATH, XDG_DATA_DIRS: data, WAYLAND_DISPLAY: "" } },
  );
  await face.submit({ input: "go" });
  const card = await face.untilKind("card.opened");
  expect(card.data.question?.text).toContain("It says why: to see");
  const answered = { resolution: "answered" as const, answer: "No", by: "test" };
  await face.connection.request("card.resolve", { cardId: card.data.cardId, ...answered });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(outcomes(face).sort()).toEqual([
    ...["app_list ok", "app_open ok", "clipboard_read ok", "clipboard_write ok", "notify ok", "open_url ok"],
    ...["permissions_check ok", "permissions_request error", "speak ok"],
  ]);
  for (const words of [
    "xdg-open https://example.com/a",
    "-in\ncopied",
    "loopd: Tea is ready",
    "espeak-ng --stdin\nTea",
    "fox.desktop",
  ]) {
    expect(said()).toContain(words);
  }
});

test("nothing of it happens by default without a person", async () => {
  const { PATH, said } = recorders(["xdg-open", "open", "xclip", "pbpaste", "notify-send", "osascript"]);
  const { face } = await journey(
    script()
      .calls([
        { name: "call_tool", input: { name: "open_url", arguments: { url: "https://example.com" } } },
        { name: "call_tool", input: { name: "clipboard_read", arguments: {} } },
        { name: "call_tool", input: { name: "notify", arguments: { title: "a", text: "b" } } },
      ])
      .says("done"),
    { environment: { PATH } },
  );
  const { session } = await face.submit({ input: "go" });
  await face.untilKind("card.opened", () => face.entries.filter(({ kind }) => kind === "card.opened").length === 3);
  const { cards } = await face.connection.request("card.list", { session });
  expect(cards.map(({ tool }) => tool).sort()).toEqual(["clipboard_read", "notify", "open_url"]);
  expect(said()).toBe("");
});
