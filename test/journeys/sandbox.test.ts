import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { markedProcesses } from "../../src/tools/runner/process-table.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { sandboxTest } from "../tools/sandbox/sandbox-test.ts";

/** A home whose commands run in the sandbox. */
function sandboxedHome(): string {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify({ sandbox: { mode: "auto" } }), { mode: 0o600 });
  return home;
}

sandboxTest("a command is kept in its place without a question; leaving it takes an approval", async () => {
  const asked: string[] = [];
  const service = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("the page\n");
  });
  onTestFinished(() => void service.close());
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  const fetching = (path: string) =>
    `'${process.execPath}' --no-warnings --use-env-proxy -e 'fetch("http://${host}${path}").then(r=>r.text()).then(t=>console.log(t),()=>process.exit(3))'`;
  const home = sandboxedHome();
  const outside = temporaryFolder("outside");
  onTestFinished(() => removeFolder(outside));
  const steps = [
    { command: "echo made > inside.txt" },
    { command: `echo made > ${outside}/outside.txt` },
    { command: `cat ${home}/run/token ${home}/config.json` },
    { command: fetching("/without") },
    { command: fetching("/granted"), domains: [host] },
    { command: `echo made > ${outside}/outside.txt`, outside: true },
  ];
  const model = steps.reduce((soFar, step) => soFar.calls("shell_run", step), script()).says("all tried");
  const { face, workspace } = await journey(model, { home });
  await face.submit({ input: "try", workspace });

  const approve = async (number: number) => {
    const cards = () => face.entries.filter((entry) => entry.kind === "card.opened");
    const card = await face.untilKind("card.opened", () => cards().length >= number);
    const cardId = cards()[number - 1]?.data.cardId ?? card.data.cardId;
    const list = await face.connection.request("card.list", {});
    await face.connection.request("card.resolve", { cardId, resolution: "approved", by: "test" });
    return list.cards.find((row) => row.approvalId === cardId);
  };
  const network = await approve(1);
  expect(network).toMatchObject({ tool: "shell_run", facts: { isSandboxed: true, domains: [host] } });
  expect(asked).toEqual([]);
  const unsandboxed = await approve(2);
  expect(unsandboxed).toMatchObject({ tool: "shell_run", facts: { isSandboxed: false } });
  expect(existsSync(join(outside, "outside.txt"))).toBe(false);
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "all tried" });

  const texts = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data.text] : []));
  const [inside = "", refused = "", denied = "", without = "", granted = "", free = ""] = texts;
  expect(inside).toBe("exit code 0\n");
  expect(readFileSync(join(workspace, "inside.txt"), "utf8")).toBe("made\n");
  expect(refused).toMatch(/^exit code [12]\n\[the sandbox lets it write only the workspace [^]*Read-only file system/);
  expect(denied).toMatch(/^exit code 1\n/);
  expect(denied).not.toContain(readFileSync(join(home, "run/token"), "utf8").trim());
  expect(without).toMatch(/^exit code 3\n/);
  expect(granted).toContain("the page");
  expect(asked).toEqual(["/granted"]);
  expect(free).toBe("exit code 0\n");
  expect(readFileSync(join(outside, "outside.txt"), "utf8")).toBe("made\n");
  const decisions = face.entries.flatMap((entry) => (entry.kind === "tool.decided" ? [entry.data.ruleId] : []));
  expect(decisions).toEqual([
    ...Array<string>(4).fill("default-sandboxed"),
    ...["default-sandbox-network", "default-ask"],
  ]);
});

sandboxTest("a helper that is killed leaves neither the command, nor its sandbox, nor their files", async () => {
  const home = sandboxedHome();
  const command = `trap "" TERM; (trap "" TERM; setsid sleep 1000) & echo began > began; sleep 1000`;
  const first = await journey(script().calls("shell_run", { command }).says("noted"), { home });
  const closed = { id: "closed", when: { path: "**/.env" }, decision: "deny" as const };
  await first.face.connection.request("rule.add", { rule: closed });
  writeFileSync(join(first.workspace, ".env"), "mine");
  await first.face.submit({ input: "hang", workspace: first.workspace });
  const { data } = await first.face.untilKind("tool.spawned");
  while (!existsSync(join(first.workspace, "began"))) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await markedProcesses([data.callId])).length).toBeGreaterThan(2);
  await first.helper.kill();
  const { face, helper } = await first.restart();
  expect(await markedProcesses([data.callId])).toEqual([]);
  const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`loopd-sandbox-${first.helper.pid}-`));
  expect(ours()).toEqual([]);
  const card = await face.untilKind("card.opened");
  expect(card.data.type).toBe("recovery");
  await face.connection.request("card.resolve", {
    cardId: card.data.cardId,
    resolution: "answered",
    answer: "skip",
    by: "test",
  });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  await helper.stop();
  expect(readdirSync(first.workspace).sort()).toEqual([".env", "began"]);
  expect(readFileSync(join(first.workspace, ".env"), "utf8")).toBe("mine");
});
