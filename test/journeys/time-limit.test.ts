import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";
import { isRunning } from "../fakes/processes.ts";

test("a command that ignores SIGTERM and has a grandchild costs one call at its limit, and the turn goes on", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify({ limits: { tools: { shell_run: 500 } } }));
  const command = 'trap "" TERM; sleep 1000 & echo $! > grandchild; echo began; wait';
  const { face, server, workspace } = await journey(script().calls("shell_run", { command }).says("went on"), { home });
  await face.submit({ input: "hang", workspace, overrides: { yes: true } });
  const end = await face.untilKind("turn.finished");
  expect(end.data).toEqual({ finish: "done", text: "went on" });
  const spawned = await face.untilKind("tool.spawned");
  const outcome = await face.untilKind("tool.finished");
  expect(outcome.data).toMatchObject({ outcome: "timed-out", isSideEffectPossible: true });
  expect(outcome.data.text).toMatch(/^ERROR: The call was stopped at its time limit of 0\.5 s\.[^]*began/);
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain("ERROR: The call was stopped at its time limit");
  const grandchild = Number(readFileSync(join(workspace, "grandchild"), "utf8"));
  expect([spawned.data.pid, grandchild].filter(isRunning)).toEqual([]);
});
