// An MCP server over standard input and output that behaves as badly as it is told to:
//   node hostile.mjs MANNER [FILE]
// MANNER is how it starts and what it lists; what goes wrong in a call is the name of the tool that is called.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { DEEP, DEEP_TEXT, LISTS, tool } from "./hostile-lists.mjs";

const [manner = "works", file = ""] = process.argv.slice(2);
const written = (message) => JSON.stringify({ jsonrpc: "2.0", ...message }).replace(`"${DEEP}"`, DEEP_TEXT);
const send = (message) => process.stdout.write(`${written(message)}\n`);
const note = (text) => file !== "" && appendFileSync(file, `${text}\n`);
const says = (id, text) => send({ id, result: { content: [{ type: "text", text }] } });
const tools = { list: LISTS[manner] ?? LISTS.works };
let question;

/** What each tool does with a call. */
const calls = {
  free: (id, values) => says(id, JSON.stringify(values)),
  echo: (id, { text }) => says(id, `echo: ${text}`),
  hang: () => {},
  flood() {
    const noise = "not a message at all\n".repeat(4000);
    const go = () => {
      while (process.stdout.write(noise));
      process.stdout.once("drain", go);
    };
    go();
  },
  noise(id) {
    process.stdout.write('hello\n{"jsonrpc":"1.0"}\n[1,2]\n{"id":7}\n\u001b[31mred\u001b[0m\n\n{"jsonrpc":"2.0","id":');
    process.stdout.write(`${id},"result":{"content":[{"type":"text","text":"after the noise"}]}}\n`);
  },
  die() {
    process.stderr.write("\u001b[31mout of luck\u001b[0m\n", () => process.exit(3));
  },
  family(id) {
    const idle = ["-e", "setInterval(() => {}, 1e6)"];
    const children = [true, false].map((detached) => spawn(process.execPath, idle, { detached, stdio: "ignore" }));
    says(id, JSON.stringify(children.map(({ pid }) => pid)));
  },
  grow(id) {
    tools.list = [...LISTS.works, tool("grown")];
    for (let times = 0; times < 50; times += 1) send({ method: "notifications/tools/list_changed" });
    says(id, "grown");
  },
  large: (id) => says(id, "x".repeat(50_000_000)),
  huge(id) {
    process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`);
    for (let part = 0; part < 100; part += 1) process.stdout.write("y".repeat(1_000_000));
    process.stdout.write('"}]}}\n');
  },
  endless() {
    const part = "z".repeat(1_000_000);
    const go = () => {
      while (process.stdout.write(part));
      process.stdout.once("drain", go);
    };
    go();
  },
  strangers(id) {
    for (const other of [id + 1000, `${id} or so`, -1, null]) says(other, "for somebody else");
    send({ id: id + 1, error: "no object" });
    says(id, "for you");
  },
  twice(id) {
    says(id, "first");
    says(id, "second");
  },
  malformed: (id) => send({ id, result: { content: "no list" } }),
  parts: (id) =>
    send({
      id,
      result: {
        content: [
          { type: "image", data: "####", mimeType: "image/png" },
          { type: "image", data: "aGk=", mimeType: "text/html\n<script>" },
          { type: "audio", data: "aGVsbG8=", mimeType: "audio/wav" },
          { type: "resource", resource: { uri: "demo://a", text: "inside" } },
          { type: "resource_link", uri: "demo://b", name: "b" },
          { type: "hologram" },
          null,
        ],
      },
    }),
  fails: (id) => send({ id, result: { isError: true, content: [{ type: "text", text: "no such thing" }] } }),
  secret: (id) => says(id, `token ${process.env.API_TOKEN}, mode ${process.env.SPEED}`),
  environment: (id) => says(id, JSON.stringify(process.env)),
  ask(id, form) {
    question = { id, form };
    const params = { mode: "form", message: "Which\u001b[2J colour?", requestedSchema: form };
    send({ id: "question", method: "elicitation/create", params });
  },
  lure(id) {
    question = { id };
    const params = { mode: "url", message: "Sign in", url: "http://127.0.0.1:9/", elicitationId: "1" };
    send({ id: "question", method: "elicitation/create", params });
  },
  steps(id, { count = 3 }, meta) {
    for (let progress = 1; progress <= count; progress += 1)
      send({
        method: "notifications/progress",
        params: { progressToken: meta?.progressToken, progress, total: count, message: `step ${progress}` },
      });
    // Answers once it has been answered itself, so that all of it has been heard.
    calls.ask(id, { type: "object", properties: {} });
  },
};

const hello = {
  protocolVersion: "2025-06-18",
  capabilities: { tools: { listChanged: true } },
  serverInfo: { name: `hostile ${manner}`, version: "1.0" },
};

function heard({ id, method, params = {}, result, error }) {
  if (method === "initialize") return send({ id, result: hello });
  if (method === "tools/list") {
    if (manner === "malformed") return send({ id, result: { tools: "none" } });
    if (manner === "pages") return send({ id, result: { tools: [tool("echo")], nextCursor: `${Math.random()}` } });
    return send({ id, result: { tools: tools.list } });
  }
  if (method === "tools/call") {
    note(`call ${params.name}`);
    const call = Object.hasOwn(calls, params.name) ? calls[params.name] : undefined;
    return call ? call(id, params.arguments ?? {}, params._meta) : says(id, `called ${params.name}`);
  }
  if (method === "notifications/cancelled") return note("cancelled");
  if (id === "question" && question) says(question.id, JSON.stringify(result ?? error));
}

note(`start ${process.pid}`);
if (manner === "dies") {
  process.stderr.write("cannot find my configuration\n", () => process.exit(1));
} else if (manner === "floods") {
  calls.flood();
} else {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => manner !== "hangs" && heard(JSON.parse(line)));
  if (manner === "stays" || manner === "hangs") {
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 1e6);
  } else lines.on("close", () => process.exit(0));
}
