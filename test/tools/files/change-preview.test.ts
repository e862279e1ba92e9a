import { applyPatch } from "diff";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { changePreview } from "../../../src/tools/files/change-preview.ts";

const numbered = (count: number, change: (line: number) => string = (line) => `line ${line}`) =>
  Array.from({ length: count }, (_, index) => `${change(index + 1)}\n`).join("");

test("a small change in a long file is a small unified diff with true line numbers", async () => {
  const before = numbered(10_000);
  const after = before.replace("line 5000\n", "line five thousand\nand more\n").replace("line 5004\n", "");
  expect(await changePreview("src/a.txt", before, after)).toBe(
    [
      ...["--- src/a.txt", "+++ src/a.txt", "@@ -4997,11 +4997,11 @@"],
      ...[" line 4997", " line 4998", " line 4999", "-line 5000", "+line five thousand", "+and more"],
      ...[" line 5001", " line 5002", " line 5003", "-line 5004", " line 5005", " line 5006", " line 5007"],
    ].join("\n"),
  );
});

test("a new file shows its beginning, and how much is not shown", async () => {
  expect(await changePreview("n.txt", undefined, "a\nb\n")).toBe("--- /dev/null\n+++ n.txt\n@@ -0,0 +1,2 @@\n+a\n+b");
  expect(await changePreview("n.txt", undefined, "")).toBe("--- /dev/null\n+++ n.txt");
  const long = await changePreview("n.txt", undefined, numbered(5000));
  expect(long).toMatch(/^--- \/dev\/null\n\+\+\+ n\.txt\n@@ -0,0 \+1,5000 @@\n\+line 1\n/);
  expect(long).toMatch(/… 4,850 more lines are not shown: 0 removed, 4,850 added …$/);
});

test("a file that is another altogether shows the beginning of both", async () => {
  const text = await changePreview(
    "a",
    numbered(3000, (line) => `old ${line}`),
    numbered(2000, (line) => `new ${line}`),
  );
  expect(text).toMatch(/@@ -1,3000 \+1,2000 @@\n-old 1\n/);
  expect(text).toContain("\n+new 1\n");
  expect(text).toMatch(/… 4,700 more lines are not shown: 2,850 removed, 1,850 added …$/);
  const huge = await changePreview("a", "x".repeat(5_000_000), `${"y".repeat(5_000_000)}\n`);
  expect(huge.length).toBeLessThan(2000);
  expect(huge).toContain("… (4,999,601 more characters)");
});

test("a name cannot pose as a part of the diff, and line ends are not shown", async () => {
  expect(await changePreview("a\n+evil", "x\r\ny\r\n", "x\r\nz\r\n")).toBe(
    "--- a\\n+evil\n+++ a\\n+evil\n@@ -1,2 +1,2 @@\n x\n-y\n+z",
  );
});

test("what is shown in full is the change: applied to the old text it gives the new one", async () => {
  const line = fc.constantFrom("a", "b", "c", "", "dd");
  const text = fc.tuple(fc.array(line, { maxLength: 25 }), fc.boolean()).map(([lines, isEnded]) => {
    return lines.length === 0 ? "" : lines.join("\n") + (isEnded ? "\n" : "");
  });
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      fc.pre(before !== after);
      expect(applyPatch(before, `${await changePreview("f", before, after)}\n`)).toBe(after);
    }),
    { numRuns: 1000 },
  );
});
