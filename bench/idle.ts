import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { removeFolder, startHelper } from "../test/fakes/helper.ts";
import type { Figure } from "./figure.ts";
import type { LaneSetup } from "./lane-process.ts";
import { type LoopdLoop, startLoopd } from "./loopd-loop.ts";
import { canMeasureCost, processorMilliseconds, residentMegabytes } from "./process-cost.ts";
import { withScriptedTurns } from "./scripted-turns.ts";

/** Ms without work before memory is read. */
const MEMORY_AFTER_MS = 5_000;

/** When the processor is watched, in ms. Once, 15 to 20 s after its last work, V8 tidies its heap for some 50 ms. */
export interface IdlePlan {
  /** Without work before the watch begins; at least 5,000. */
  settleMs: number;
  watchMs: number;
}

/**
 * What a helper costs while nothing happens, after a `hello`, after a `hello` while routines wait for their time, and after
 * a turn, beside a Node that only waits; all over the same stretch of time. No figures where the system has no `/proc`.
 */
export async function measureIdle({ settleMs, watchMs }: IdlePlan): Promise<Figure[]> {
  if (!canMeasureCost) return [];
  return withScriptedTurns(async (turns) => {
    const setup: LaneSetup = turns.setup("idle");
    const [fresh, used] = [await startLoopd(setup, {}), await startLoopd(setup, {})];
    const waiting = await startedWithRoutines(await startLoopd(setup, {}));
    const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 2 ** 30)"], { stdio: "ignore" });
    await once(bare, "spawn");
    try {
      await turns.run("idle", used, { steps: 10, name: "idle" });
      const pids = [fresh.helper.pid, used.helper.pid, bare.pid ?? 0, waiting.helper.pid] as const;
      await wait(MEMORY_AFTER_MS);
      const megabytes = pids.map(residentMegabytes);
      await wait(settleMs - MEMORY_AFTER_MS);
      const before = pids.map(processorMilliseconds);
      await wait(watchMs);
      const after = pids.map(processorMilliseconds);
      const share = (index: number) => (((after[index] ?? 0) - (before[index] ?? 0)) / watchMs) * 100;
      const floor = { name: "bare node", value: megabytes[2] ?? 0 };
      const memory = { unit: "MB" as const, against: floor, budget: { of: "value" as const, atMost: 80 } };
      const processor = { unit: "%" as const, budget: { of: "value" as const, atMost: 0.1 } };
      return [
        { name: "idle RSS after hello", loopd: megabytes[0] ?? 0, ...memory },
        { name: "idle RSS after hello, with routines", loopd: megabytes[3] ?? 0, ...memory },
        { name: "idle RSS after a turn", loopd: megabytes[1] ?? 0, ...memory, budget: undefined },
        { name: `idle CPU over ${watchMs / 1000} s, after hello`, loopd: share(0), ...processor },
        { name: `idle CPU over ${watchMs / 1000} s, with routines`, loopd: share(3), ...processor },
        { name: `idle CPU over ${watchMs / 1000} s, after a turn`, loopd: share(1), ...processor },
      ];
    } finally {
      bare.kill();
      await Promise.all([fresh.stop(), used.stop(), waiting.stop()]);
    }
  });
}

/** The helper again, as after a login: two routines are in its ledger, and the next slot has its alarm. */
async function startedWithRoutines({ connection, helper }: LoopdLoop): Promise<Pick<LoopdLoop, "helper" | "stop">> {
  const common = { prompt: "Go.", zone: "Europe/Berlin" };
  await connection.request("routine.add", { ...common, name: "daily", schedule: { cron: "0 9 * * *" } });
  await connection.request("routine.add", { ...common, name: "often", schedule: { every: "2h" } });
  connection.close();
  await helper.stop();
  const again = await startHelper(helper.home);
  const face = await again.connect();
  const stop = async () => {
    face.close();
    await again.stop();
    removeFolder(helper.home);
  };
  return { helper: again, stop };
}
