import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdits, type Edit } from "../../../src/tools/files/apply-edits.ts";

const edited = (text: string, ...edits: Edit[]) => {
  const result = applyEdits(text, edits);
  return result.type === "edited" ? result.text : result.why;
};
const edit = (old: string, next: string, all?: boolean): Edit => ({ old, new: next, all });

test("several edits are each looked for in the text as it was, and made together", () => {
  expect(edited("a b c", edit("a", "b"), edit("b", "a"))).toBe("b a c");
  expect(edited("one two", edit("two", "$& $1 $$"), edit("one", ""))).toBe(" $& $1 $$");
  expect(edited("aXbXc", edit("X", "", true))).toBe("abc");
  expect(edited("aaaa", edit("aa", "b", true))).toBe("bb");
  expect(applyEdits("a\nb\nc\n", [edit("c", "C"), edit("a", "A\nA")])).toEqual({
    type: "edited",
    text: "A\nA\nb\nC\n",
    lines: [1, 4],
  });
});

test("what is not there exactly once is refused with the lines, and nothing is made", () => {
  expect(edited("x\ny\nx\n", edit("x", "z"))).toBe(
    "The edit: its old text is there 2 times (lines 1; 3). Give more of the text around the one that is meant, or set all to true. Nothing was changed.",
  );
  expect(edited("aaa", edit("aa", "b"))).toMatch(/there 2 times/);
  expect(edited("x\n".repeat(2000), edit("x", "z"))).toMatch(/2,000 times \(lines 1; 2; .*; 10; …\)/);
  expect(edited("ab", edit("a", "x"), edit("c", "y"))).toMatch(/^Edit 2 of 2: its old text is not in the file\./);
  expect(edited("abc\n", edit("ab", "x"), edit("bc", "y"))).toMatch(/^Edits 1 and 2 overlap in line 1\./);
  expect(edited("abc", edit("b", "b"))).toMatch(/would change nothing/);
  expect(edited("a", edit("a", "b"), edit("b", "c"))).toMatch(/as it was before this call/);
  expect(edited("x".repeat(100_001), edit("x", "yy", true))).toMatch(/there more than 100,000 times/);
});

test("what comes near is shown as it is", () => {
  const text = 'function one() {\n\treturn  "a";\n}\n\nfunction two() {\n  return 2;\n}\n';
  expect(edited(text, edit('one() {\n    return "a";', "x"))).toMatch(
    /line 1 differs only in spaces, tabs or empty lines; it is: "function one\(\) \{\\n\\treturn {2}\\"a\\";"/,
  );
  expect(edited(text, edit("Function TWO", "x"))).toMatch(/line 5 differs in upper and lower case/);
  expect(edited(text, edit("function two() {\n  return 3;\n}", "x"))).toMatch(
    /It fits from line 5 on, but line 6 is: " {2}return 2;" where the old text has: " {2}return 3;"/,
  );
  expect(edited(text, edit("funktion twoo() {", "x"))).toMatch(/The nearest is line 5: "function two\(\) \{"/);
  expect(edited(text, edit("zebra crossing", "x"))).toMatch(/Nothing in the file comes near it/);
  expect(edited(text, edit("return 3;", "return 2;"))).toMatch(/Its new text is there already, in line 6\./);
  expect(edited("a\u202eb c", edit("ab c", "x"))).toContain("\\\\u{202e}");
});

test("line ends of a file stay what they are, and LF finds CRLF", () => {
  expect(edited("a\r\nb\r\nc\r\n", edit("a\nb", "x\ny\nz"))).toBe("x\r\ny\r\nz\r\nc\r\n");
  expect(edited("a\r\nb\r\n", edit("a\r\nb", "x\r\ny"))).toBe("x\r\ny\r\n");
  expect(edited("a\r\nb", edit("\n", ""))).toBe("ab");
  expect(edited("a\r\nb", edit("b", "b\n"))).toBe("a\r\nb\r\n");
  // Mixed: each place keeps its own.
  expect(edited("a\r\nb\nc\r\nd\r\n", edit("b\nc", "x\ny"))).toBe("a\r\nx\ny\r\nd\r\n");
  expect(edited("a\r\nb\r\nc\n", edit("b", "1\n2"))).toBe("a\r\n1\r\n2\r\nc\n");
  expect(edited("a\nb\n", edit("a", "x\r\ny"))).toBe("x\r\ny\nb\n");
  expect(edited("a\nb\n", edit("a\r\nb", "x"))).toMatch(/end with LF, not CRLF/);
  expect(edited("a\rb\r\n", edit("a\rb", "x"))).toBe("x\r\n");
});

const anyText = (...units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 30 });

test("an edit of any text changes exactly its place", () => {
  const text = anyText("a", "b", "\n", "ü", "😀", "\uFEFF", "$");
  fc.assert(
    fc.property(text, text, text, text, (before, old, next, after) => {
      const whole = before + old + after;
      const isAlone = old !== "" && whole.indexOf(old) === whole.lastIndexOf(old);
      const result = applyEdits(whole, [edit(old || "a", next)]);
      if (isAlone && old !== next) expect(result).toMatchObject({ text: before + next + after });
      else if (old !== "") expect(result.type).toBe("refused");
    }),
    { numRuns: 2000 },
  );
});

test("an edit of a file with CRLF is the same edit, with CRLF", () => {
  const text = anyText("a", "b", "c", "\n", "ü");
  fc.assert(
    fc.property(text, text, text, text, (before, old, next, after) => {
      const crlf = (part: string) => part.replaceAll("\n", "\r\n");
      const whole = `${before}${old}${after}\n`;
      const plain = applyEdits(whole, [edit(old || "a", next)]);
      const result = applyEdits(crlf(whole), [edit(old || "a", next)]);
      expect(result.type).toBe(plain.type);
      if (result.type === "edited" && plain.type === "edited") expect(result.text).toBe(crlf(plain.text));
    }),
    { numRuns: 2000 },
  );
});
