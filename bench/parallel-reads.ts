import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../src/protocol/entries.ts";
import type { Figure } from "./figure.ts";
import { startScriptedHelper, type ScriptedHelper } from "./scripted-helper.ts";
import { median } from "./statistics.ts";

const READS = 8;
const FILES = 400;
const LINES = 400;

/**
 * Searches of one step through the same files, all at once, beside the same step with `parallelReads` 1: from the first
 * one's start to the last one's end. Rounds are interleaved.
 */
export async function measureParallelReads(rounds: number): Promise<Figure[]> {
  const together = await startScriptedHelper({ limits: { parallelReads: READS } });
  const alone = await startScriptedHelper({ limits: { parallelReads: 1 } });
  try {
    for (const { folder } of [together, alone]) fill(folder);
    const times = { together: [] as number[], alone: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      const [one, other] = [await stepTime(together), await stepTime(alone)];
      if (round === 0) continue;
      times.together.push(one);
      times.alone.push(other);
    }
    const against = { name: "one after the other", value: median(times.alone) };
    return [
      {
        name: `${READS} searches of one step, median`,
        unit: "ms",
        loopd: median(times.together),
        against,
        budget: { of: "ratio", atMost: 1 },
      },
    ];
  } finally {
    await Promise.all([together.stop(), alone.stop()]);
  }
}

function fill(folder: string): void {
  for (let file = 0; file < FILES; file += 1) {
    const line = (number: number) => `This is line ${number} of file ${file}, and it says nothing.\n`;
    writeFileSync(
      join(folder, `file-${file}.txt`),
      Array.from({ length: LINES }, (_, number) => line(number)).join(""),
    );
  }
}

async function stepTime(scripted: ScriptedHelper): Promise<number> {
  const call = (index: number) => ({ name: "files_search", input: { pattern: `no such words ${index}` } });
  const entries = await scripted.run([Array.from({ length: READS }, (_, index) => call(index))]);
  const at = (kind: Entry["kind"]) => entries.filter((entry) => entry.kind === kind).map(({ mono }) => mono);
  const [starts, ends] = [at("tool.started"), at("tool.finished")];
  if (starts.length !== READS || ends.length !== READS) throw new Error("The step did not run all of its searches.");
  return Math.max(...ends) - Math.min(...starts);
}
