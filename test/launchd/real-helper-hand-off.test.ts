import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { installRecordSchema } from "../../src/protocol/install.ts";
import { witness } from "../fakes/helper.ts";
import { script, startModelServer } from "../fakes/model-server.ts";
import { installedMac } from "./installed-home.ts";
import { scriptedProfile } from "../fakes/scripted-profile.ts";

const LOOPD = resolve(import.meta.dirname, "../../assets/helper/loopd.mjs");

test(
  "a turn that installs loopd is cut by nobody: a job of its own does it, and the turn goes on in the new helper",
  { timeout: 180_000 },
  async () => {
    const { machine, home, environment, units, connected, cli } = await installedMac(20);
    const { pid } = (await machine.until(units.helper, (job) => typeof job?.pid === "number")) ?? {};
    (await connected(pid ?? 0)).close();
    // Nothing but the line of its ancestors tells this command where it runs.
    const told = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
    const command = `env -i ${told.join(" ")} '${process.execPath}' '${LOOPD}' helper install --json`;
    const server = await startModelServer(script().calls("shell_run", { command }).says("It is on its way."));
    onTestFinished(() => server.close());
    const face = await witness({ home });
    const profile = { ...scriptedProfile(server.url), auth: "none" as const };
    await face.connection.request("endpoint.add", { name: "test", profile, use: true });
    await face.submit({ input: "Install loopd.", workspace: cli.workspace, overrides: { yes: true } });
    const { pid: next } = (await machine.until(units.helper, (job) => job?.runs === 2 && job.pid !== null)) ?? {};
    (await connected(next ?? 0)).close();
    const after = await witness({ home });
    const ended = await after.untilKind("turn.finished");
    expect(ended.data).toMatchObject({ finish: "done", text: "It is on its way." });
    expect(after.entries.filter(({ kind }) => kind === "tool.started")).toHaveLength(1);
    const { data } = await after.untilKind("tool.finished");
    expect(data).toMatchObject({
      outcome: "ok",
      text: expect.stringContaining("dev.loopd.hand-off does it") as string,
    });
    await machine.until("dev.loopd.hand-off", (job) => job?.runs === 1 && job.pid === null);
    expect(machine.job("dev.loopd.hand-off")?.lastExit).toBe(0);
    const record = installRecordSchema.parse(JSON.parse(readFileSync(join(home, "run", "install.json"), "utf8")));
    expect(record).toMatchObject({ state: "done", result: { ok: true, pid: next } });
    expect(after.connection.hello.pid).toBe(next);
    expect(machine.job(units.helper)?.runs).toBe(2);
  },
);
