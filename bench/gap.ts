import type { Figure } from "./figure.ts";
import { type Lane, startLane } from "./lane.ts";
import { withScriptedTurns } from "./scripted-turns.ts";
import { percentile } from "./statistics.ts";

/** A loop to measure: the name it has in the table, and its program. */
export interface LaneSource {
  name: string;
  program: URL;
}

/** How much is measured. Rounds are interleaved, so that a drift of the machine hits all loops alike. */
export interface GapPlan {
  rounds: number;
  /** Rounds before those: each runtime compiles what it runs often, and a helper runs for days. */
  warmUps: number;
  steps: number;
}

export const FULL_PLAN: GapPlan = { rounds: 20, warmUps: 20, steps: 20 };
export const QUICK_PLAN: GapPlan = { rounds: 10, warmUps: 10, steps: 20 };

/** Gaps of one loop in ms: while it was still new, and once it was warm. */
export interface Gaps {
  fresh: number[];
  warm: number[];
}

/** How many of the first rounds count as new. */
const FRESH_ROUNDS = 5;

export const RAW: LaneSource = { name: "raw fetch loop", program: new URL(import.meta.resolve("./loops/raw.ts")) };
export const SDK: LaneSource = { name: "SDK loop", program: new URL(import.meta.resolve("./loops/sdk.ts")) };
export const LOOPD: LaneSource = { name: "loopd", program: new URL(import.meta.resolve("./loops/loopd.ts")) };

/**
 * Milliseconds from the end of an answer to the arrival of the next whole request, one for each step, by the loop's
 * name. Throws if a loop did not really run the tool and use its result.
 */
export function measureGaps(sources: readonly LaneSource[], plan: GapPlan): Promise<Map<string, Gaps>> {
  return withScriptedTurns(async (turns) => {
    const gaps = new Map(sources.map(({ name }) => [name, { fresh: [], warm: [] } as Gaps]));
    const lanes: { name: string; id: string; lane: Lane }[] = [];
    try {
      for (const [index, { name, program }] of sources.entries()) {
        const id = `lane${index}`;
        lanes.push({ name, id, lane: await startLane(name, program, turns.setup(id)) });
      }
      for (let round = 0; round < plan.warmUps + plan.rounds; round++) {
        for (const { name, id, lane } of lanes) {
          const measured = await turns.run(id, lane, { steps: plan.steps, name: `${name} ${round}` });
          if (round < FRESH_ROUNDS) gaps.get(name)?.fresh.push(...measured);
          if (round >= plan.warmUps) gaps.get(name)?.warm.push(...measured);
        }
      }
      return gaps;
    } finally {
      await Promise.all(lanes.map(({ lane }) => lane.stop()));
    }
  });
}

/** loopd beside the hand-written loops, and beside each framework, which it must not be slower than. */
export function gapFigures(gaps: ReadonlyMap<string, Gaps>): Figure[] {
  const ours = gaps.get(LOOPD.name) ?? { fresh: [], warm: [] };
  return [...gaps].flatMap(([name, theirs]): Figure[] => {
    if (name === LOOPD.name) return [];
    const figure = (what: string, kind: keyof Gaps, share: number): Figure => {
      const against = { name, value: percentile(theirs[kind], share) };
      return { name: `loop gap, ${what}`, unit: "ms", loopd: percentile(ours[kind], share), against };
    };
    return [
      { ...figure("median", "warm", 0.5), budget: budgetAgainst(name) },
      figure("p90", "warm", 0.9),
      figure("first steps, median", "fresh", 0.5),
    ];
  });
}

function budgetAgainst(name: string): Figure["budget"] {
  if (name === RAW.name) return undefined;
  return name === SDK.name ? { of: "difference", atMost: 1.5 } : { of: "ratio", atMost: 1 };
}
