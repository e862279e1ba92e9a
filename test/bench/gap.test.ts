import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { gapFigures, LOOPD, measureGaps, RAW, SDK } from "../../bench/gap.ts";

const PLAN = { rounds: 1, warmUps: 1, steps: 3 };

test("every loop answers the same script, one gap for each of its calls", async () => {
  const gaps = await measureGaps([RAW, SDK, LOOPD], PLAN);
  expect([...gaps].map(([name, sample]) => [name, sample.warm.length])).toEqual([
    [RAW.name, 3],
    [SDK.name, 3],
    [LOOPD.name, 3],
  ]);
  expect([...gaps.values()].flatMap(({ fresh, warm }) => [...fresh, ...warm]).every((gap) => gap > 0)).toBe(true);
  expect(gapFigures(gaps).map(({ name, against }) => `${name} / ${against?.name}`)).toEqual([
    "loop gap, median / raw fetch loop",
    "loop gap, p90 / raw fetch loop",
    "loop gap, first steps, median / raw fetch loop",
    "loop gap, median / SDK loop",
    "loop gap, p90 / SDK loop",
    "loop gap, first steps, median / SDK loop",
  ]);
});

test("a loop that does not use its tool's result is not measured but refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "loopd-lane-"));
  try {
    const program = join(folder, "cheat.ts");
    const laneProcess = new URL("../../bench/lane-process.ts", import.meta.url);
    writeFileSync(
      program,
      `import { serveLane } from ${JSON.stringify(laneProcess.href)};
       const ask = (url) => fetch(url + "/v1/messages", { method: "POST", body: JSON.stringify({ tools: [], messages: [] }) });
       serveLane(async ({ url }) => ({
         turn: async () => { for (;;) { const response = await ask(url); if (!response.ok) return "refused"; await response.text(); } },
         stop: async () => {},
       }));`,
    );
    const cheat = { name: "cheat", program: pathToFileURL(program) };
    await expect(measureGaps([cheat], PLAN)).rejects.toThrow(/request 2 held 0 results/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
