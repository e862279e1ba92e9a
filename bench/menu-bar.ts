import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Entry } from "../src/protocol/entries.ts";
import { removeFolder, startHelper, temporaryFolder, type Witness, witness } from "../test/fakes/helper.ts";
import { script, startModelServer } from "../test/fakes/model-server.ts";
import type { Figure } from "./figure.ts";
import { median } from "./statistics.ts";
import { scriptedProfile } from "../test/fakes/scripted-profile.ts";

const LINK = "raycast://extensions/loopd/loopd/show-status?launchType=background";
/** Without a push for so long, the next one has nothing to wait for. */
const QUIET_MS = 1_500;

/**
 * From the record of an approval to the moment in which `open -g` runs, in a real helper: after a pause, and for what is
 * recorded right after another push, which waits longest. `open` and `pgrep` are scripts that write down when they ran.
 */
export async function measureMenuBar(rounds: number): Promise<Figure[]> {
  const folder = temporaryFolder("bench-menu-bar");
  const programs = recordTimes(folder);
  const run = { name: "shell_run", input: { command: "true" } };
  let requests = 0;
  const server = await startModelServer(() => (requests++ % 2 === 0 ? script().calls([run]) : script().says("Done.")));
  const home = join(folder, "home");
  mkdirSync(home);
  const helper = await startHelper(home, { PATH: programs.PATH });
  const face = await witness(helper);
  try {
    const profile = scriptedProfile(server.url);
    await face.connection.request("endpoint.add", { name: "scripted", profile, use: true });
    await face.connection.request("helper.menu-bar", { link: LINK });
    const afterPause: number[] = [];
    const afterPush: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await wait(QUIET_MS);
      bare.push(await bareOpen(programs.open));
      const opened = await cardOf(face, folder);
      afterPause.push(await programs.after(Date.parse(opened.at)));
      const { cardId } = opened.data;
      await face.connection.request("card.resolve", { cardId, resolution: "denied", by: "bench" });
      const resolved = await face.untilKind("card.resolved", ({ data }) => data.cardId === cardId);
      afterPush.push(await programs.after(Date.parse(resolved.at)));
      await face.untilKind("turn.finished", (entry) => entry.turn === opened.turn);
    }
    const floor = { name: "bare open", value: median(bare) };
    const budget = { of: "value" as const, atMost: 1_000 };
    return [
      { name: "menu bar push, median", unit: "ms", loopd: median(afterPause), against: floor, budget },
      {
        name: "menu bar push right after another, longest",
        unit: "ms",
        loopd: Math.max(...afterPush),
        against: floor,
        budget,
      },
    ];
  } finally {
    face.connection.close();
    await helper.stop();
    await server.close();
    removeFolder(folder);
  }
}

async function cardOf(face: Witness, workspace: string): Promise<Extract<Entry, { kind: "card.opened" }>> {
  const { turn } = await face.submit({ input: "Go.", workspace });
  return face.untilKind("card.opened", (entry) => entry.turn === turn);
}

/** Programs on a search path of their own that write down when they ran. */
function recordTimes(folder: string) {
  const bin = join(folder, "bin");
  const times = join(folder, "times");
  mkdirSync(bin);
  const program = (name: string, body: string): string => {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  program("pgrep", "exit 0");
  const open = program("open", `date +%s%3N >> "${times}"`);
  const read = () => (existsSync(times) ? readFileSync(times, "utf8").trim().split("\n").map(Number) : []);
  /** Milliseconds from an instant to the first run after it. */
  const after = async (instant: number): Promise<number> => {
    for (;;) {
      const ran = read().find((time) => time >= instant);
      if (ran !== undefined) return ran - instant;
      await wait(5);
    }
  };
  return { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, open, after };
}

/** Milliseconds that the script alone takes, from spawning to its end. */
async function bareOpen(file: string): Promise<number> {
  const begun = performance.now();
  await once(spawn(file, ["-g", LINK], { stdio: "ignore", env: { ...process.env } }), "exit");
  return performance.now() - begun;
}
