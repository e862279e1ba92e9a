import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Endpoint, startEndpoint } from "./endpoint.ts";
import { type Lane, startLane } from "./lane.ts";

/** A loop to measure: the name it has in the table, and its program. */
export interface LaneSource {
  name: string;
  program: string;
}

/** How much is measured. Rounds are interleaved, so that a drift of the machine hits all loops alike. */
export interface GapPlan {
  rounds: number;
  /** Rounds before those, which do not count: each runtime compiles what it runs often. */
  warmUps: number;
  steps: number;
}

const loopProgram = (file: string) => join(import.meta.dirname, "loops", file);
export const RAW: LaneSource = { name: "raw fetch loop", program: loopProgram("raw.ts") };
export const SDK: LaneSource = { name: "SDK loop", program: loopProgram("sdk.ts") };
export const LOOPD: LaneSource = { name: "loopd", program: loopProgram("loopd.ts") };

/**
 * Milliseconds from the end of an answer to the arrival of the next whole request, one for each step, by the loop's
 * name. Throws if a loop did not really run the tool and use its result.
 */
export async function measureGaps(sources: readonly LaneSource[], plan: GapPlan): Promise<Map<string, number[]>> {
  const folder = mkdtempSync(join(tmpdir(), "loopd-bench-"));
  const marker = randomUUID();
  const file = join(folder, "notes.txt");
  writeFileSync(file, `These are notes on a small matter.\nTheir mark is ${marker}.\n${"A line of text.\n".repeat(20)}`);
  const endpoint = await startEndpoint();
  const lanes: { source: LaneSource; lane: Lane; segment: string }[] = [];
  const gaps = new Map(sources.map(({ name }) => [name, [] as number[]]));
  try {
    for (const [index, source] of sources.entries()) {
      const segment = `lane${index}`;
      const setup = { url: `${endpoint.url}/${segment}`, file, folder };
      lanes.push({ source, segment, lane: await startLane(source.name, source.program, setup) });
    }
    for (let round = -plan.warmUps; round < plan.rounds; round++) {
      for (const { source, lane, segment } of lanes) {
        const turn = { lane: segment, steps: plan.steps, path: file, marker, farewell: `That was turn ${round}.` };
        const measured = await runTurn(endpoint, lane, turn);
        if (round >= 0) gaps.get(source.name)?.push(...measured);
      }
    }
  } finally {
    await Promise.all(lanes.map(({ lane }) => lane.stop()));
    await endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return gaps;
}

async function runTurn(endpoint: Endpoint, lane: Lane, order: Parameters<Endpoint["expect"]>[0]): Promise<number[]> {
  const { gaps } = await endpoint.expect(order);
  const [text, measured] = await Promise.all([lane.turn(), gaps]);
  if (text !== order.farewell) throw new Error(`The loop ended with "${text}" instead of "${order.farewell}".`);
  return measured;
}
