import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { socketPathOf } from "../../../src/protocol/connect.ts";
import { connectTo, removeFolder, startHelper, temporaryFolder, type TestHelper } from "../../fakes/helper.ts";
import { type Behaviour, type ModelServer, startModelServer } from "../../fakes/model-server.ts";
import { type Built, buildCommands } from "../../fakes/raycast/built-commands.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import { closeAll, launch, type LaunchOptions } from "../../fakes/raycast/launch.ts";
import type { View } from "../../fakes/raycast/view.ts";
import { scriptedProfile } from "../../fakes/scripted-profile.ts";

const assetsPath = resolve(import.meta.dirname, "../../../assets");

/** A real helper whose model answers by script, a folder to work in, and the Ask command over them. */
interface Scene {
  home: string;
  workspace: string;
  server: ModelServer;
  helper: TestHelper;
  ask(options?: Partial<LaunchOptions>): Command;
  /** Launches another command on the same helper. */
  open(name: string, options?: Partial<LaunchOptions>): Command;
}

/** Where the tests of one file play. */
export interface Stage {
  scene(answers: Behaviour, environment?: Record<string, string>): Promise<Scene>;
  /** Launches Ask on a home. */
  ask(home: string, options?: Partial<LaunchOptions>): Command;
  /** How commands are launched on a home. */
  options(home: string, options?: Partial<LaunchOptions>): Omit<LaunchOptions, "name">;
  /** Launches a command on a home. */
  open(name: string, home: string, options?: Partial<LaunchOptions>): Command;
  /** Done after the test, the newest first. */
  cleanUp: (() => Promise<void> | void)[];
}

/** Builds the commands before the tests of a file, and takes everything away after each. Called at its top level. */
export function openStage(): Stage {
  let built: Built;
  const cleanUp: Stage["cleanUp"] = [];
  beforeAll(() => {
    built = buildCommands();
  });
  afterAll(() => built.remove());
  afterEach(async () => {
    closeAll();
    const failures: unknown[] = [];
    for (const clean of cleanUp.splice(0).reverse()) {
      await Promise.resolve()
        .then(clean)
        .catch((error: unknown) => failures.push(error));
    }
    expect(failures).toEqual([]);
  });
  const optionsOn: Stage["options"] = (home, options = {}) => {
    const env = { LOOPD_HOME: home, PATH: process.env.PATH, HOME: homedir() };
    return { dist: built.dist, assetsPath, env, ...options };
  };
  const open: Stage["open"] = (name, home, options) => launch({ ...optionsOn(home, options), name });
  const ask: Stage["ask"] = (home, options) => open("ask", home, options);
  const scene: Stage["scene"] = async (answers, environment) => {
    const server = await startModelServer(answers);
    cleanUp.push(() => server.close());
    const home = temporaryFolder("ask");
    const workspace = mkdtempSync(join(tmpdir(), "loopd-workspace-"));
    cleanUp.push(
      () => removeFolder(home),
      () => rmSync(workspace, { recursive: true, force: true }),
    );
    const helper = await startHelper(home, environment);
    cleanUp.push(() => helper.stop());
    const connection = await helper.connect();
    const profile = scriptedProfile(server.url);
    await connection.request("endpoint.add", { name: "script", profile, use: true });
    connection.close();
    const launches: Scene["open"] = (name, options) => open(name, home, { preferences: { workspace }, ...options });
    return { home, workspace, server, helper, ask: (options) => launches("ask", options), open: launches };
  };
  return { scene, ask, open, options: optionsOn, cleanUp };
}

/** Stops the helper that a command started. */
export async function stopHelperOf(home: string): Promise<void> {
  if (!existsSync(socketPathOf(home))) return;
  const connection = await connectTo(home);
  await connection.request("helper.stop", {});
  await connection.closed;
}

export const markdown = (view: View) => String(view.props["markdown"] ?? "");
export const isDone = (_view: View, command: Command) => command.print().includes('text="Done"');
