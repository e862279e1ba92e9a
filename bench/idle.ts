import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import type { LaneSetup } from "./lane-process.ts";
import { startLoopd } from "./loopd-loop.ts";
import { canMeasureCost, processorMilliseconds, residentMegabytes } from "./process-cost.ts";
import { withScriptedTurns } from "./scripted-turns.ts";

/** Ms without work before memory is read. */
const SETTLE_MS = 5_000;

/**
 * What a helper costs while nothing happens, after a `hello` and after a turn, beside a Node that only waits. All
 * three are measured over the same stretch of time, `watchMs` long.
 */
export async function measureIdle(watchMs: number): Promise<Figure[]> {
  if (!canMeasureCost) return [];
  return withScriptedTurns(async (turns) => {
    const setup: LaneSetup = turns.setup("idle");
    const [fresh, used] = [await startLoopd(setup, {}), await startLoopd(setup, {})];
    const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 2 ** 30)"], { stdio: "ignore" });
    await once(bare, "spawn");
    try {
      await turns.run("idle", used, { steps: 10, name: "idle" });
      const pids = [fresh.helper.pid, used.helper.pid, bare.pid ?? 0] as const;
      await wait(SETTLE_MS);
      const before = pids.map(processorMilliseconds);
      await wait(watchMs);
      const after = pids.map(processorMilliseconds);
      const share = (index: number) => (((after[index] ?? 0) - (before[index] ?? 0)) / watchMs) * 100;
      const floor = { name: "bare node", value: residentMegabytes(pids[2]) };
      const memory = { unit: "MB" as const, against: floor, budget: { of: "value" as const, atMost: 80 } };
      const processor = { unit: "%" as const, budget: { of: "value" as const, atMost: 0.1 } };
      return [
        { name: "idle RSS after hello", loopd: residentMegabytes(pids[0]), ...memory },
        { name: "idle RSS after a turn", loopd: residentMegabytes(pids[1]), ...memory, budget: undefined },
        { name: `idle CPU over ${watchMs / 1000} s, after hello`, loopd: share(0), ...processor },
        { name: `idle CPU over ${watchMs / 1000} s, after a turn`, loopd: share(1), ...processor },
      ];
    } finally {
      bare.kill();
      await Promise.all([fresh.stop(), used.stop()]);
    }
  });
}
