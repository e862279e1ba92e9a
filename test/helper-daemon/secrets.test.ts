import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { removeFolder, startHelper, temporaryFolder, witness } from "../fakes/helper.ts";
import { script, startModelServer } from "../fakes/model-server.ts";

const KEY = "sk-test-0123456789-do-not-leak";
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
});

/** Every file below a folder that holds the text, as a path relative to it. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });
}

test("a key reaches its own endpoint and secrets.json, and nothing else: no log, no trace, no answer, no child", async () => {
  const server = await startModelServer(
    script().status(500, {}, "oops").calls("shell_run", { command: "env" }).says("done"),
  );
  const helper = await startHelper(temporaryFolder("home"), { LOOPD_LOG_LEVEL: "trace", ANTHROPIC_API_KEY: KEY });
  const workspace = temporaryFolder("workspace");
  cleanUp.push(
    () => removeFolder(helper.home),
    () => removeFolder(workspace),
    () => server.close(),
    () => helper.kill(),
  );
  const face = await witness(helper);
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", auth: "x-api-key" as const };
  const answers: unknown[] = [
    await face.connection.request("endpoint.add", { name: "test", profile, key: KEY, use: true }),
  ];
  await face.submit({ input: "show the environment", workspace });
  const card = await face.untilKind("card.opened");
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  await face.untilKind("turn.finished");
  for (const method of ["endpoint.list", "helper.status", "card.list"] as const)
    answers.push(await face.connection.request(method, {}));
  await helper.stop();

  expect(server.requests.map(({ headers }) => headers["x-api-key"])).toEqual([KEY, KEY, KEY]);
  expect(server.requests.some(({ text }) => text.includes(KEY))).toBe(false);
  expect(JSON.stringify([answers, face.entries, face.deltas])).not.toContain(KEY);
  expect(filesWith(helper.home, KEY)).toEqual(["secrets.json"]);
  expect(statSync(join(helper.home, "secrets.json")).mode & 0o777).toBe(0o600);
});

test("no tool reaches the home of loopd or a credential folder, whatever the turn allows", async () => {
  const helper = await startHelper(temporaryFolder("home"));
  const paths = [
    join(helper.home, "run", "token"),
    join(helper.home, "loopd.db"),
    "~/.ssh/id_rsa",
    `${helper.home}/../${helper.home.split("/").at(-1)}/config.json`,
  ];
  const steps = script();
  for (const path of paths) steps.calls("files_read", { path });
  const server = await startModelServer(steps.calls("files_search", { pattern: "x", path: helper.home }).says("done"));
  cleanUp.push(
    () => removeFolder(helper.home),
    () => server.close(),
    () => helper.kill(),
  );
  const face = await witness(helper);
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", auth: "none" as const };
  await face.connection.request("endpoint.add", { name: "test", profile, use: true });
  await face.submit({ input: "read the token", workspace: "/", overrides: { yes: true } });
  await face.untilKind("turn.finished");
  const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
  expect(outcomes).toEqual(["denied", "denied", "denied", "denied", "denied"]);
  const rules = face.entries.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data.ruleId] : []));
  expect(new Set(rules)).toEqual(new Set(["floor-protected"]));
});
