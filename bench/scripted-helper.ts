import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../src/protocol/entries.ts";
import { removeFolder, startHelper, temporaryFolder, type TestHelper, witness } from "../test/fakes/helper.ts";
import { type ModelScript, script, startModelServer } from "../test/fakes/model-server.ts";
import { scriptedProfile } from "../test/fakes/scripted-profile.ts";

/** A call that the scripted model makes. */
export interface ScriptedCall {
  name: string;
  input: object;
}

/** A real helper on a home of its own, and a model that makes the calls it is told to. */
export interface ScriptedHelper {
  helper: TestHelper;
  /** The folder that the turns work in. */
  folder: string;
  /** Runs one turn, in which each step makes its calls; resolves with its entries. Rejects unless it ends `done`. */
  run(steps: readonly (readonly ScriptedCall[])[]): Promise<Entry[]>;
  /** Tokens that the model's window has from the next turn on. */
  setWindow(window: number): Promise<void>;
  stop(): Promise<void>;
}

const MAX_STEPS = 1_000;

/** Starts both. `config` is the helper's `config.json`. */
export async function startScriptedHelper(config: object): Promise<ScriptedHelper> {
  let plan: ModelScript[] = [];
  const server = await startModelServer(() => plan.shift() ?? script().says("That is all."));
  const home = temporaryFolder("bench-home");
  const folder = join(home, "..", `${home.slice(home.lastIndexOf("/") + 1)}-work`);
  mkdirSync(folder);
  writeFileSync(join(home, "config.json"), JSON.stringify(config), { mode: 0o600 });
  const helper = await startHelper(home);
  const face = await witness(helper);
  const profile = scriptedProfile(server.url);
  await face.connection.request("endpoint.add", { name: "scripted", profile, use: true });
  return {
    helper,
    folder,
    async run(steps) {
      plan = steps.map((calls) => script().calls([...calls]));
      const overrides = { maxSteps: MAX_STEPS, yes: true };
      const { turn } = await face.submit({ input: "Go.", workspace: folder, overrides });
      const { data } = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
      if (data.finish !== "done") throw new Error(`The turn ended ${data.finish}: ${data.error?.message ?? data.text}`);
      return face.entries.filter((entry) => entry.turn === turn);
    },
    async setWindow(window) {
      await face.connection.request("endpoint.set", { name: "scripted", changes: { window } });
    },
    async stop() {
      face.connection.close();
      await helper.stop();
      await server.close();
      for (const path of [home, folder]) removeFolder(path);
    },
  };
}
