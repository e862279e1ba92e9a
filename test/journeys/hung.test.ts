import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { markedProcesses } from "../../src/tools/runner/process-table.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { sandboxTest } from "../tools/sandbox/sandbox-test.ts";

/** Ignores SIGTERM, and so does its grandchild, which leaves the group and holds the output open. */
const STUBBORN = `trap "" TERM; (trap "" TERM; exec setsid sleep 1000) & (trap "" TERM; while :; do sleep 1; done) & echo began; while :; do sleep 1; done`;

async function hangs(config: object, commands: readonly string[]) {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  const model = commands.reduce((soFar, command) => soFar.calls("shell_run", { command }), script()).says("went on");
  const { face, server, workspace } = await journey(model, { home });
  await face.submit({ input: "hang", workspace, overrides: { yes: true, maxSteps: 100 } });
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "went on" });
  const ended = face.entries.flatMap((entry) => (entry.kind === "tool.finished" ? [entry.data] : []));
  expect(ended).toHaveLength(commands.length);
  expect(await markedProcesses(ended.map(({ callId }) => callId))).toEqual([]);
  return { ended, server };
}

test("a call that will not end costs its limit, leaves nothing behind, and the turn goes on", async () => {
  const config = { sandbox: { mode: "off" }, limits: { tools: { shell_run: 500 } } };
  const { ended, server } = await hangs(config, [STUBBORN]);
  expect(ended[0]).toMatchObject({ outcome: "timed-out", isSideEffectPossible: true });
  expect(ended[0]?.text).toMatch(/^ERROR: The call was stopped at its time limit of 0\.5 s\.[^]*began/);
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain("ERROR: The call was stopped at its time limit");
});

sandboxTest("the same in the sandbox", async () => {
  const config = { sandbox: { mode: "auto" }, limits: { tools: { shell_run: 2_000 } } };
  const { ended } = await hangs(config, [STUBBORN]);
  expect(ended[0]?.text).toMatch(/^ERROR: The call was stopped at its time limit of 2 s\.[^]*began/);
});

test("calls that hang one after the other leave neither processes nor a stuck turn", async () => {
  const config = { sandbox: { mode: "off" }, limits: { tools: { shell_run: 100 } } };
  const { ended } = await hangs(config, Array<string>(30).fill("sleep 1000 & setsid sleep 1000 & sleep 1000"));
  expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(["timed-out"]));
});
