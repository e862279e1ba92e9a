import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { standingFrom } from "../../helper-daemon/routines/change-routine.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import { routineSchema } from "../../src/protocol/routine.ts";
import type { Json } from "../../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

const HELPER = resolve(import.meta.dirname, "../fakes/racing-helper.mjs");
const NAMES = Array.from({ length: 12 }, (_, i) => `routine ${i}`);

test("three helpers that tick on one database at once begin every run once", async () => {
  const folder = temporaryFolder("race");
  onTestFinished(() => removeFolder(folder));
  const database = join(folder, "loopd.db");
  const noon = Date.UTC(2026, 10, 20, 12, 0, 30);
  const store = openStore(database, createStamp("race"));
  const trigger = { type: "cron" as const, expression: "0 * * * *", zone: "UTC" };
  createHub(store.log).together((record) => {
    for (const name of NAMES) {
      const after = { routine: routineSchema.parse({ name, prompt: "Go.", trigger }) } as Json;
      record([{ kind: "state.changed", session: "home", data: { store: "routine", key: name, after } }]);
      store.routines.stand(name, standingFrom(trigger, noon - 7_200_000));
    }
  });
  const helpers = [1, 2, 3].map(() => {
    const child = spawn(
      process.execPath,
      ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", HELPER, database, folder, String(noon), "20"],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    return { child, ready: once(child.stdout, "data"), ended: once(child, "exit").then(([code]) => ({ code, said })) };
  });
  await Promise.all(helpers.map(({ ready }) => ready));
  for (const { child } of helpers) child.stdin.write("go\n");
  const ends = await Promise.all(helpers.map(({ ended }) => ended));
  expect(ends.map(({ code }) => code as number)).toEqual([0, 0, 0]);
  const begun = ends.reduce((sum, { said }) => sum + Number(said.trim().split("\n").at(-1)), 0);
  expect(begun).toBe(NAMES.length);
  const runs = store.runs.list({ limit: 1_000 });
  const claimed = runs.filter(({ turn }) => turn !== undefined);
  expect(claimed.map(({ routine }) => routine).sort()).toEqual([...NAMES].sort());
  expect(runs.filter(({ state }) => state === "missed")).toHaveLength(NAMES.length);
  expect(store.lists.openTurns()).toHaveLength(NAMES.length);
  store.close();
});
