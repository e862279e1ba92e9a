import { expect, test } from "vitest";
import { problemWords } from "../../../src/tools/screen/problem-words.ts";

test.each([
  ["not-focused", "The window does not have the keyboard.", /action focus, then do this again\.$/],
  ["not-responding", "The program did not answer within 1000 ms.", /once, then ask the person to look at it\.$/],
  ["disabled", "It is disabled.", /read the window\.$/],
  ["unsupported", "It holds no text and no number.", /another action, or another control\.$/],
  ["not-found", 'There is no option "A4".', /Read the window to see what there is\.$/],
  ["no-app", 'No program "Safari" shows windows here.', /app_open opens a program/],
  ["failed", "The program refused.", /Read the window again/],
] as const)("a model reads what to do next: %s", (code, message, next) => {
  const words = problemWords({ code, message, choices: [] });
  expect(words.startsWith(`${message} `)).toBe(true);
  expect(words).toMatch(next);
});

test("where there is something to choose from, that is what to do next", () => {
  const words = problemWords({
    code: "not-found",
    message: 'The menu "File" has no "Sav".',
    choices: ["Save", "Quit"],
  });
  expect(words).toBe('The menu "File" has no "Sav". There are: Save; Quit.');
});
