import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../src/protocol/connect.ts";
import { startHelper } from "../../test/fakes/helper.ts";
import { buildCommands } from "../../test/fakes/raycast/built-commands.ts";
import type { Command } from "../../test/fakes/raycast/command.ts";
import type { Scene } from "../../test/fakes/raycast/command-options.ts";
import { closeAll, launch, type LaunchOptions } from "../../test/fakes/raycast/launch.ts";

/** A helper with the rehearsal model on a home of its own, and the built commands over it. */
export interface Stage {
  request: Connection["request"];
  /** Asks without a view. Resolves as soon as the turn is recorded. */
  submit(input: string): Promise<{ session: string; turn: string }>;
  open(name: string, options?: Partial<LaunchOptions>): Command;
  /** The command's window as it is now, with the person's folders where those of this machine were. */
  look(command: Command): Scene;
  close(): Promise<void>;
}

/** Who works on the pictures. */
const PERSON = "/Users/anna";
const ZONE = "Europe/Rome";

/** A folder that looks like somebody's. */
export function makeWorkspace(folder: string): string {
  const workspace = join(folder, "holiday");
  mkdirSync(join(workspace, "photos"), { recursive: true });
  writeFileSync(join(workspace, "photos", "harbour.jpg"), Buffer.alloc(2_400_000));
  writeFileSync(join(workspace, "photos", "market.jpg"), Buffer.alloc(1_900_000));
  writeFileSync(join(workspace, "packing.md"), "# Packing\n\n- passport\n");
  return workspace;
}

/** Starts everything in a folder. */
export async function openStage(root: string, folder: string, workspace: string): Promise<Stage> {
  const built = buildCommands();
  const home = join(folder, "home");
  mkdirSync(home, { mode: 0o700 });
  const helper = await startHelper(home, { TZ: ZONE });
  const connection = await helper.connect();
  const { request } = connection;
  const env = { LOOPD_HOME: home, HOME: homedir(), PATH: process.env["PATH"], TZ: ZONE };
  return {
    request,
    submit: (input) => request("turn.submit", { requestId: randomUUID(), input, workspace, endpoint: "rehearsal" }),
    open: (name, options = {}) =>
      launch({
        ...{ name, dist: built.dist, assetsPath: join(root, "assets"), env, preferences: { workspace } },
        ...options,
      }),
    look: (command) => renamed(command.scene, folder) as Scene,
    close: async () => {
      closeAll();
      connection.close();
      await helper.stop();
      built.remove();
    },
  };
}

/** The same value with another folder in every text, also where Markdown has escaped it. */
function renamed(value: unknown, folder: string): unknown {
  if (typeof value === "string") {
    const escape = (text: string) => text.replaceAll(/[/\-_.]/g, "\\$&");
    return value.replaceAll(folder, PERSON).replaceAll(escape(folder), escape(PERSON));
  }
  if (Array.isArray(value)) return value.map((item) => renamed(item, folder));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renamed(item, folder)]));
}
