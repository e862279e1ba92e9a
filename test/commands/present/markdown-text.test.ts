import fc from "fast-check";
import { marked, type Token } from "marked";
import { expect, test } from "vitest";
import { codeBlock, codeSpan, plainMarkdown, shownMarkdown } from "../../../src/commands/present/markdown-text.ts";

/** Every token of a Markdown text, nested ones included. */
function tokens(text: string): Token[] {
  const all: Token[] = [];
  marked.walkTokens(marked.lexer(text), (token) => void all.push(token));
  return all;
}

test("nothing in an answer is fetched when it is shown", () => {
  const answers = [
    "![x](http://a.example/?secret)",
    "![x][1]\n\n[1]: http://a.example",
    '<img src="http://a.example">',
    "< IMG src=x>",
    "[![x](http://a.example)](http://b.example)",
  ];
  for (const answer of answers) {
    expect(tokens(answer).length).toBeGreaterThan(0);
    expect(
      tokens(shownMarkdown(answer)).filter(
        ({ type, raw }) => type === "image" || /<\s*img/i.test(type === "html" ? raw : ""),
      ),
    ).toEqual([]);
  }
  expect(tokens(answers[0] ?? "").some(({ type }) => type === "image")).toBe(true);
});

test("an answer without images stays as it is", () => {
  const answer = "# Title\n\n- `a[0]!` and **b**\n\n| x | y |\n|---|---|\n| 1 < 2 | <b>3</b> |";
  expect(shownMarkdown(answer)).toBe(answer);
});

test("plain text stays plain text in Markdown, whatever it is", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."ab `*_[]()<>!#|~\\&;:/.-+1\n".split("")), maxLength: 40 }),
      (text) => {
        const found = tokens(`x ${plainMarkdown(text)}`).filter(
          ({ type }) => !["paragraph", "text", "escape", "space"].includes(type),
        );
        expect(found).toEqual([]);
      },
    ),
  );
});

test("a code block shows its text exactly and cannot be ended from within", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a`~ \n#".split("")), maxLength: 40 }), (end) => {
      const text = `a${end}`;
      const found = marked.lexer(codeBlock(text, ""));
      expect(found.map(({ type }) => type)).toEqual(["code"]);
      expect((found[0] as { text: string }).text.trimEnd()).toBe(text.trimEnd());
    }),
  );
  expect(codeBlock("a\u202eb", "")).toContain("⟨U+202E⟩");
  expect(marked.lexer(codeSpan("a``b"))[0]).toMatchObject({ tokens: [{ type: "codespan", text: "a``b" }] });
});
