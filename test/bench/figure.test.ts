import { expect, test } from "vitest";
import { judge } from "../../bench/figure.ts";
import { median, percentile } from "../../bench/statistics.ts";
import { tableOf } from "../../bench/table.ts";

const gap = { name: "loop gap", unit: "ms" as const, loopd: 4, against: { name: "SDK loop", value: 2 } };

test("a budget on the difference counts from the peer", () => {
  expect(judge({ ...gap, budget: { of: "difference", atMost: 2 } })).toMatchObject({
    verdict: "ok",
    difference: 2,
    ratio: 2,
  });
  expect(judge({ ...gap, budget: { of: "difference", atMost: 1.5 } }).verdict).toBe("over");
});

test("a budget on the ratio or on the value itself", () => {
  expect(judge({ ...gap, budget: { of: "ratio", atMost: 1 } }).verdict).toBe("over");
  expect(judge({ ...gap, budget: { of: "value", atMost: 4 } }).verdict).toBe("ok");
});

test("a budget that cannot be judged is not kept, and no budget is no verdict", () => {
  expect(judge({ ...gap, against: undefined, budget: { of: "ratio", atMost: 1 } }).verdict).toBe("over");
  expect(judge({ ...gap, loopd: Number.NaN, budget: { of: "value", atMost: 4 } }).verdict).toBe("over");
  expect(judge(gap).verdict).toBe("-");
});

test("percentiles are nearest rank, whatever the order, and an empty sample has none", () => {
  const sample = [10, 2, 33, 4, 5];
  expect([median(sample), percentile(sample, 0.9), percentile(sample, 0.01)]).toEqual([5, 33, 2]);
  expect(sample).toEqual([10, 2, 33, 4, 5]);
  expect(() => median([])).toThrow(/empty/);
});

test("the table says what was compared with what, and its columns line up", () => {
  const lines = tableOf([
    judge({ ...gap, budget: { of: "difference", atMost: 1.5 } }),
    judge({ ...gap, against: undefined }),
  ]);
  const [heading = "", rule = "", first = "", second = ""] = lines.split("\n");
  expect(first).toContain("SDK loop 2.00 ms");
  expect(first).toContain("<= SDK loop + 1.5 ms");
  expect(first).toContain("over");
  expect(new Set([heading, rule, first, second].map(({ length }) => length)).size).toBe(1);
});
