import fc from "fast-check";
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { plainPrinter, terminalPrinter } from "../../../src/commands/cli/answer-printer.ts";
import { MarkdownBlocks } from "../../../src/commands/cli/markdown-blocks.ts";

/** A stream that remembers, and says that it is a terminal of 60 columns without colours. */
function screen(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const terminal = Object.assign(stream, { columns: 60, hasColors: () => false });
  return { stream: terminal as unknown as NodeJS.WriteStream, text: () => text };
}

async function rendered(...pieces: string[]): Promise<string> {
  const { stream, text } = screen();
  const printer = await terminalPrinter(stream, () => {});
  for (const piece of pieces) printer.print({ text: piece });
  printer.finish();
  return text();
}

test("a block is printed as soon as it is complete, not before and not only at the end", async () => {
  const { stream, text } = screen();
  const printer = await terminalPrinter(stream, () => {});
  printer.print({ text: "First **para" });
  expect(text()).toBe("");
  printer.print({ text: "graph**.\n\nSecond" });
  expect(text()).toBe("First paragraph.\n");
  printer.finish();
  expect(text()).toBe("First paragraph.\n\nSecond\n");
});

test("lists stay whole, with their numbers and their code", async () => {
  const text = await rendered("3. three\n\n", "4. four `x`\n\n   ```\n   a\n\n   b\n   ```\n\nafter\n");
  expect(text.split("\n").map((line) => line.trim())).toEqual([
    "3. three",
    "",
    "4. four x",
    "a",
    "",
    "b",
    "",
    "after",
    "",
  ]);
});

test("a fence holds blank lines, other fences and what looks like the end", () => {
  const blocks = new MarkdownBlocks();
  const code = "````md\n```\n\ninner\n```\n````\n";
  expect(blocks.push(`${code}text\n\n`)).toEqual([code, "text\n"]);
  expect(blocks.finish()).toEqual([]);
  expect(new MarkdownBlocks().push("~~~\n\n```\n")).toEqual([]);
});

test("blocks lose nothing, however the text is cut", () => {
  const line = fc.constantFrom("", "text", "- item", "  more", "```", "1. one", "# head", "| a | b |", "    code");
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(30), { maxLength: 10 }), (lines, cuts) => {
      const text = lines.join("\n");
      const blocks = new MarkdownBlocks();
      const got: string[] = [];
      let rest = text;
      for (const cut of cuts) {
        got.push(...blocks.push(rest.slice(0, cut)));
        rest = rest.slice(cut);
      }
      got.push(...blocks.push(rest), ...blocks.finish());
      const words = (value: string) => value.replace(/\s+/g, " ").trim();
      expect(words(got.join("\n"))).toBe(words(text));
    }),
  );
});

test("no escape sequence of a model reaches the terminal, not even as a reference", async () => {
  const text = await rendered(
    "a\u001b]0;owned\u0007 &#27;[2J &#x9b;2J [x](http://h/\u001b[31m) `\u001b[8m`\n\n```\n\u001b[1A\n```\n",
  );
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(text).toContain("owned");
});

test("piped text is exact, also where a character is cut in two", () => {
  const { stream, text } = screen();
  const printer = plainPrinter(stream);
  printer.print({ text: "a\u001b[1m \ud83c" });
  printer.print({ text: "\udf89!" });
  printer.finish();
  expect(text()).toBe("a\u001b[1m 🎉!\n");
});

test("piped answers are a blank line apart, and the last line ends", () => {
  const { stream, text } = screen();
  const printer = plainPrinter(stream);
  printer.print({ text: "one" });
  printer.print({ text: "two\n", begins: "new" });
  printer.print({ text: "three\n\n", begins: "over" });
  printer.print({ text: "four", begins: "new" });
  printer.finish();
  expect(text()).toBe("one\n\ntwo\n\nthree\n\nfour\n");
});
