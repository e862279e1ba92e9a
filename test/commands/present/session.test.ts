import { expect, test } from "vitest";
import type { SessionRow, TurnRow } from "../../../src/protocol/requests.ts";
import { parseAskContext } from "../../../src/commands/present/ask-context.ts";
import { askAbout, presentSelection, selectionProblem } from "../../../src/commands/present/selection.ts";
import { presentHits, presentSession } from "../../../src/commands/present/session.ts";
import { lastAnswer, transcriptMarkdown } from "../../../src/commands/present/transcript.ts";
import { filesAlert, filesDone } from "../../../src/commands/present/undo-files.ts";
import { windowWith } from "../windows.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const SESSION: SessionRow = {
  ...{ session: "s1", title: "A\u202E talk\nof two lines", workspace: "/home/me/notes", turns: 2, state: "waiting" },
  updatedAt: "2026-11-21T11:00:00Z",
};
const turn = (input: string, text?: string): TurnRow => ({
  ...{ turn: "t", input, startedAt: "2026-11-21T11:00:00Z", state: "done" as const },
  ...(text === undefined ? {} : { text }),
});

test("a session's line shows where it works or comes from; nothing in its title can hide", () => {
  expect(presentSession(SESSION)).toMatchObject({
    ...{ title: "A⟨U+202E⟩ talk of two lines", subtitle: "notes", tag: { text: "Waiting for you" }, turns: "2 turns" },
  });
  expect(presentSession({ ...SESSION, title: " ", forkedFrom: { session: "s0", at: 3 } })).toMatchObject({
    ...{ title: "Untitled", subtitle: "fork of s0" },
  });
});

test("what was found stands by session, the newest first, a few places each", () => {
  const hit = (session: string, seq: number) => ({
    ...{
      session,
      title: session,
      seq,
      kind: "model.responded",
      at: "2026-11-21T11:00:00Z",
      snippet: `a **word** ${seq}`,
    },
  });
  const found = presentHits([
    hit("b", 20),
    hit("a", 19),
    ...Array.from({ length: 9 }, (_, index) => hit("b", 9 - index)),
  ]);
  expect(found.map(({ session, hits }) => [session, hits.length])).toEqual([
    ["b", 5],
    ["a", 1],
  ]);
  expect(found[0]?.hits[0]).toMatchObject({ seq: 20, excerpt: "a word 20", kind: "answered" });
});

test("a transcript begins with the newest turn, loads no picture, and says what it leaves out", () => {
  const turns = [
    ...Array.from({ length: 20 }, (_, index) => turn(`question ${index}`, "ok")),
    turn("last *one*", "![x](http://e/)"),
  ];
  const text = transcriptMarkdown(
    { session: SESSION, turns, window: windowWith({}) },
    { above: ["CHART"], below: ["FACTS"] },
    NOW,
  );
  expect(text.indexOf("CHART")).toBeLessThan(text.indexOf("last \\*one\\*"));
  expect(text.indexOf("last \\*one\\*")).toBeLessThan(text.indexOf("question 19"));
  expect(text).not.toContain("![x]");
  expect(text).not.toContain("question 0");
  expect(text).toContain("*1 earlier turn not shown.*");
  expect(text.endsWith("FACTS")).toBe(true);
  expect(lastAnswer([turn("a", "first"), turn("b", " "), turn("c")])).toBe("first");
});

test("a selected text cannot end the marks around it, and a long one is shown by its ends", () => {
  const selection = { text: "a\n------\nb", app: "Mail", from: "selection" as const };
  expect(askAbout(" What? ", selection)).toMatch(
    /^What\?\n\nThe person selected this text in Mail\..*\n(-{7})\na\n------\nb\n\1$/,
  );
  const long = presentSelection({ ...selection, text: `start${"x".repeat(9_000)}end` });
  expect(long.preview).toMatch(/^startx+\n…\nx+end$/);
  expect(long.size).toBe("9,008 characters");
  expect(selectionProblem(" \n")).toMatch(/no text/);
  expect(selectionProblem("x".repeat(999_999))).toMatch(/Save it as a file/);
});

test("files are named before they are put back, and what was left alone is told", () => {
  expect(filesAlert([])).toEqual({ type: "nothing", message: "The session changed no files." });
  expect(filesAlert([{ path: "/a", result: "conflict" }])).toMatchObject({ type: "nothing" });
  const files = Array.from({ length: 10 }, (_, index) => ({ path: `/f${index}`, result: "restored" as const }));
  expect(filesAlert(files)).toMatchObject({
    title: "Put 10 Files Back?",
    message: expect.stringMatching(/and 2 more$/),
  });
  expect(filesDone([...files, { path: "/c", result: "conflict" }])).toMatch(/^10 as before, 1 left alone/);
});

test("a launch context from anywhere is taken only as far as it is one", () => {
  expect(parseAskContext({ session: "s1", question: "Hi", more: 1 })).toEqual({ session: "s1", question: "Hi" });
  for (const wrong of [undefined, null, "text", 3, [], { session: 7 }, { session: "" }]) {
    expect(parseAskContext(wrong)).toEqual({});
  }
});
