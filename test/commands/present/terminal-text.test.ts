import fc from "fast-check";
import { expect, test } from "vitest";
import {
  jsonText,
  oneLine,
  printableMarkdown,
  printableText,
  visibleText,
} from "../../../src/commands/present/terminal-text.ts";

test("JSON for a terminal is the same value, with nothing in it that a terminal obeys or a reader cannot see", () => {
  const value = { title: 'a\u009b31m\u007f\u202egnp.exe\u2028\u{e0041}\u200b é🎈 "q"\n' };
  const text = jsonText(value, 2);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain("é🎈");
  expect(text).toMatch(/^[ -~\né🎈]+$/u);
});

test("printable text keeps words, tabs and lines, and nothing that a terminal obeys", () => {
  expect(printableText("a\u001b[31mb\u0007\tc\r\nd\u009b2Je\u007f")).toBe("a[31mb\tc\nd2Je");
  expect(printableText("Grüße 🎉 שלום")).toBe("Grüße 🎉 שלום");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printableText(text).replace(/[\t\n]/g, "")).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test("a numeric reference cannot bring an escape back after the Markdown is rendered", () => {
  expect(printableMarkdown("&#27;[2J &#x1b;]0;title &#155; &#0000027; &#x1B [ok]")).toBe("[2J ]0;title    [ok]");
  expect(printableMarkdown("&#65; &amp;#27; &#10;")).toBe("&#65; &amp;#27; &#10;");
});

test("visible text shows what would deceive the eye", () => {
  expect(visibleText("rm \u202egpj.exe")).toBe("rm ⟨U+202E⟩gpj.exe");
  expect(visibleText("pass\u200bword\u001b[8m")).toBe("pass⟨U+200B⟩word⟨U+001B⟩[8m");
  expect(visibleText("tag\u{e0041}")).toBe("tag⟨U+E0041⟩");
  expect(visibleText("one\n\ttwo")).toBe("one\n\ttwo");
});

test("one line is one line, however long and whatever is in it", () => {
  expect(oneLine(" a \n\n b\t c ", 20)).toBe("a b c");
  expect(oneLine("😀😀😀😀", 3)).toBe("😀😀…");
  const line = oneLine("x".repeat(1_000_000), 50);
  expect([...line]).toHaveLength(50);
  expect(line.endsWith("…")).toBe(true);
});
