import { expect, test } from "vitest";
import { shows } from "../../../src/ax-helper/session/shows.ts";
import { node, windowOf } from "../tree/windows.ts";

const window = windowOf([
  node("check box", "Gift wrap"),
  node("entry", "City", { text: "Bern" }),
  node("link", "Help"),
]);

test.each([
  ["check", "gift"],
  ["checkbox", "Gift wrap"],
  ["check box", "gift wrap"],
  ["textbox", "bern"],
  ["input", "city"],
  ["text", "City"],
  ["link", "help"],
])("a control is found as the legend, the program or a model calls its kind: %s", (role, text) => {
  expect(shows(window, { role, text })).toBe(true);
});

test.each([
  ["button", "help"],
  ["link", "gift wrap"],
  ["banana", "help"],
])("a control of another kind is none: %s", (role, text) => {
  expect(shows(window, { role, text })).toBe(false);
});
