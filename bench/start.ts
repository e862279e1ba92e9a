import { spawn } from "node:child_process";
import { once } from "node:events";
import { removeFolder, startHelper, temporaryFolder } from "../test/fakes/helper.ts";
import type { Figure } from "./figure.ts";
import { median } from "./statistics.ts";

/**
 * How long it takes from spawning a helper to an answered `hello`, on a home that is new and on one that was used,
 * beside a Node that starts and does nothing.
 */
export async function measureStart(starts: number): Promise<Figure[]> {
  const cold: number[] = [];
  const warm: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < starts; i++) {
    const home = temporaryFolder("bench");
    try {
      cold.push(await helloAfter(home));
      warm.push(await helloAfter(home));
    } finally {
      removeFolder(home);
    }
    bare.push(await bareNode());
  }
  const against = { name: "node -e 0", value: median(bare) };
  const budget = { of: "value" as const, atMost: 250 };
  return [
    { name: "helper start to hello, new home", unit: "ms", loopd: median(cold), against, budget },
    { name: "helper start to hello, used home", unit: "ms", loopd: median(warm), against, budget },
  ];
}

async function helloAfter(home: string): Promise<number> {
  const begun = performance.now();
  const helper = await startHelper(home);
  const connection = await helper.connect();
  const duration = performance.now() - begun;
  connection.close();
  await helper.stop();
  return duration;
}

async function bareNode(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - begun;
}
