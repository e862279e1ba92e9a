import { expect, test } from "vitest";
import { chartMarkdown } from "../../../src/commands/present/chart-svg.ts";
import { runsChart } from "../../../src/commands/present/chart-runs.ts";
import { tokensChart, tokenSteps } from "../../../src/commands/present/chart-tokens.ts";
import { windowChart } from "../../../src/commands/present/chart-window.ts";
import type { RunRow, RunState } from "../../../src/protocol/routine.ts";
import { entryMaker, requestTo, response } from "../entries.ts";
import { COMPACTED, windowWith } from "../windows.ts";

/** Words and picture of a chart's Markdown. */
function read(markdown: string | undefined): { words: string; svg: string } {
  const found = /^!\[([^\]]*)\]\(data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)\)$/.exec(markdown ?? "");
  return { words: found?.[1] ?? "", svg: Buffer.from(found?.[2] ?? "", "base64").toString("utf8") };
}

const attribute = (svg: string, name: string) =>
  [...svg.matchAll(new RegExp(`<rect [^>]*\\b${name}="([\\d.]+)"`, "g"))].map(([, value]) => Number(value));

test("the window's bar fills its width with parts by size, each with a letter and its figure", () => {
  const { words, svg } = read(windowChart(COMPACTED, "dark"));
  expect(words).toContain("Window: 2,140 of 4,096 tokens (52 %)");
  for (const part of ["S system 190", "T tools 940", "M memory 60", "U summary 300", "H history 520", "a answer 512"])
    expect(svg).toContain(`>${part}<`);
  expect(attribute(svg, "width").reduce((sum, width) => sum + width, 0)).toBeCloseTo(460, 0);
  expect(read(windowChart(windowWith({ history: 5_000 }), "light")).words).toContain("1,416 too many");
  expect(read(windowChart(windowWith({ history: 900 }, { tokens: undefined }), "light")).words).toContain(
    "Context: 900",
  );
});

test("tokens of each step are fresh or cached; summaries are no steps; many steps show the newest", () => {
  const entry = entryMaker();
  const summary = { ...requestTo("m"), purpose: "summarise" as const };
  const steps = tokenSteps([
    ...[entry("request.sent", requestTo("m")), entry("model.responded", response("a"))],
    ...[entry("request.sent", summary), entry("model.responded", response("short"))],
    ...[entry("request.sent", requestTo("m")), entry("model.responded", { ...response("b"), usage: undefined })],
  ]);
  expect(steps).toEqual([{ fresh: 10, cached: 5 }]);
  const two = [
    { fresh: 300, cached: 0 },
    { fresh: 50, cached: 350 },
  ];
  const { words, svg } = read(tokensChart(two, "dark"));
  expect(words).toBe("Tokens read in 2 steps: 350 fresh, 350 cached (50 %)");
  const [first, cached, fresh] = attribute(svg, "height").slice(-5, -2);
  expect(first).toBe(72);
  expect([cached, fresh]).toEqual([84, 12]);
  const untold = read(tokensChart([{ fresh: 300 }, { fresh: 500 }], "dark"));
  expect(untold.words).toBe("Tokens read in 2 steps: 800, from a cache or not");
  expect(untold.svg).not.toContain("from the server's cache");
  expect(tokensChart([], "dark")).toBeUndefined();
  const many = Array.from({ length: 500 }, () => ({ fresh: 1, cached: 1 }));
  expect(read(tokensChart(many, "dark")).words).toContain("steps 455 to 500");
});

test("every state of a run has a sign of its own, so that no colour is needed", () => {
  const states: RunState[] = [
    ...(["due", "running", "waiting", "ran", "late"] as const),
    ...(["missed", "skipped", "failed", "interrupted"] as const),
  ];
  const runs: RunRow[] = states.map((state, index) => ({
    routine: "digest",
    scheduledFor: `2026-01-0${index + 1}T08:00:00Z`,
    state,
    durationMs: index * 1000,
  }));
  const { words, svg } = read(runsChart(runs, "light"));
  expect(words).toContain("The newest 9 lines of the ledger, by duration: ");
  expect(words).toContain("1 failed, 1 skipped, 1 missed");
  const signs = [...svg.matchAll(/text-anchor="middle">([^<]+)</g)].map(([, sign]) => sign);
  expect(new Set(signs).size).toBe(states.length);
  expect(attribute(svg, "height").every((height) => height <= 60)).toBe(true);
  expect(read(runsChart([{ ...(runs[5] as RunRow), count: 48 }], "dark")).svg).toContain("×48");
  expect(runsChart([], "dark")).toBeUndefined();
});

test("whatever stands in a chart's words, picture and Markdown stay whole", () => {
  const { words, svg } = read(chartMarkdown('a ] b [ \\ <script> & "c" \u0000 \n d', 10, []));
  expect(words).not.toMatch(/[[\]\\\n]/);
  expect(svg).toContain("&lt;script&gt; &amp; &quot;c&quot;");
  expect(svg).not.toContain("\u0000");
});
