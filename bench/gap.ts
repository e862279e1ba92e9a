import type { Figure } from "./figure.ts";
import { type Lane, startLane } from "./lane.ts";
import { withScriptedTurns } from "./scripted-turns.ts";
import { median, percentile } from "./statistics.ts";

/** A loop to measure: the name it has in the table, and its program. */
export interface LaneSource {
  name: string;
  program: URL;
}

/** How much is measured. Rounds are interleaved, so that a drift of the machine hits all loops alike. */
export interface GapPlan {
  rounds: number;
  /** Rounds before those, which do not count: each runtime compiles what it runs often. */
  warmUps: number;
  steps: number;
}

export const RAW: LaneSource = { name: "raw fetch loop", program: new URL(import.meta.resolve("./loops/raw.ts")) };
export const SDK: LaneSource = { name: "SDK loop", program: new URL(import.meta.resolve("./loops/sdk.ts")) };
export const LOOPD: LaneSource = { name: "loopd", program: new URL(import.meta.resolve("./loops/loopd.ts")) };

/**
 * Milliseconds from the end of an answer to the arrival of the next whole request, one for each step, by the loop's
 * name. Throws if a loop did not really run the tool and use its result.
 */
export function measureGaps(sources: readonly LaneSource[], plan: GapPlan): Promise<Map<string, number[]>> {
  return withScriptedTurns(async (turns) => {
    const gaps = new Map(sources.map(({ name }) => [name, [] as number[]]));
    const lanes: { name: string; id: string; lane: Lane }[] = [];
    try {
      for (const [index, { name, program }] of sources.entries()) {
        const id = `lane${index}`;
        lanes.push({ name, id, lane: await startLane(name, program, turns.setup(id)) });
      }
      for (let round = -plan.warmUps; round < plan.rounds; round++) {
        for (const { name, id, lane } of lanes) {
          const measured = await turns.run(id, lane, { steps: plan.steps, name: `${name} ${round}` });
          if (round >= 0) gaps.get(name)?.push(...measured);
        }
      }
      return gaps;
    } finally {
      await Promise.all(lanes.map(({ lane }) => lane.stop()));
    }
  });
}

/** loopd beside the hand-written loops, and beside each framework, which it must not be slower than. */
export function gapFigures(gaps: ReadonlyMap<string, readonly number[]>): Figure[] {
  const ours = gaps.get(LOOPD.name) ?? [];
  return [...gaps].flatMap(([name, theirs]): Figure[] => {
    if (name === LOOPD.name) return [];
    const middle = { name: "loop gap, median", loopd: median(ours), against: { name, value: median(theirs) } };
    const tail = {
      name: "loop gap, p90",
      loopd: percentile(ours, 0.9),
      against: { name, value: percentile(theirs, 0.9) },
    };
    return [
      { ...middle, unit: "ms", budget: budgetAgainst(name) },
      { ...tail, unit: "ms" },
    ];
  });
}

function budgetAgainst(name: string): Figure["budget"] {
  if (name === RAW.name) return undefined;
  return name === SDK.name ? { of: "difference", atMost: 1.5 } : { of: "ratio", atMost: 1 };
}
