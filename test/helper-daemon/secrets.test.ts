import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

const KEY = "sk-test-0123456789-do-not-leak";

/** Every file below a folder that holds the text, as a path relative to it. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });
}

test("a key reaches its own endpoint and secrets.json, and nothing else: no log, no trace, no answer, no child", async () => {
  const steps = script().status(500, {}, "oops").calls("shell_run", { command: "env" }).says("done");
  const environment = { LOOPD_LOG_LEVEL: "trace", ANTHROPIC_API_KEY: KEY };
  const { helper, face, server, workspace } = await journey(steps, { key: KEY, environment });
  const answers: unknown[] = [await face.connection.request("endpoint.show", { name: "test" })];
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
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const paths = [
    join(home, "run", "token"),
    join(home, "loopd.db"),
    "~/.ssh/id_rsa",
    `${home}/../${home.split("/").at(-1)}/config.json`,
  ];
  const steps = script();
  for (const path of paths) steps.calls("files_read", { path });
  const { face } = await journey(steps.calls("files_search", { pattern: "x", path: home }).says("done"), { home });
  await face.submit({ input: "read the token", workspace: "/", overrides: { yes: true } });
  await face.untilKind("turn.finished");
  const outcomes = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.outcome] : []));
  expect(outcomes).toEqual(["denied", "denied", "denied", "denied", "denied"]);
  const rules = face.entries.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data.ruleId] : []));
  expect(new Set(rules)).toEqual(new Set(["floor-protected"]));
});
