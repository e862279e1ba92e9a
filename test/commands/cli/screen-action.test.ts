import { expect, test } from "vitest";
import { actionOf } from "../../../src/commands/cli/screen-action.ts";

const said = (ref: string, name: string, ...values: string[]) => actionOf({ ref, name, values });

test("the words after a reference become an action", () => {
  expect(said("b1", "press")).toEqual({ action: "press" });
  expect(said("t1", "type", "a b")).toEqual({ action: "type", text: "a b" });
  expect(said("t1", "set", "5")).toEqual({ action: "set", value: "5" });
  expect(said("s1", "set", "-5.5")).toEqual({ action: "set", value: -5.5 });
  expect(said("n1", "set", "five")).toEqual({ action: "set", value: "five" });
  expect(said("k1", "toggle")).toEqual({ action: "toggle" });
  expect(said("k1", "toggle", "off")).toEqual({ action: "toggle", on: false });
  expect(said("p1", "select", "A4")).toEqual({ action: "select", option: "A4" });
  expect(said("i1", "scroll", "down", "2.5")).toEqual({ action: "scroll", direction: "down", pages: 2.5 });
  expect(said("m1", "menu", "File", "Save As…", "PDF")).toEqual({ action: "menu", path: ["File", "Save As…", "PDF"] });
  expect(said("t1", "key", "ctrl+s")).toEqual({ action: "key", chord: "ctrl+s" });
  expect(actionOf({ ref: "b1", name: "click", values: ["10, 4"], count: 2 })).toEqual({
    ...{ action: "click", x: 10, y: 4, count: 2 },
  });
});

test.each([
  ["press hard", /press takes nothing more\./],
  ["set", /set takes one value/],
  ["type a b", /type takes one text/],
  ["toggle maybe", /toggle takes on, off or nothing/],
  ["toggle toString", /toggle takes on, off or nothing/],
  ["scroll sideways", /scroll takes up, down, left or right/],
  ["scroll down many", /scroll takes/],
  ["menu", /menu takes the names of the levels/],
  ["key", /key takes one chord/],
  ["click 10", /click takes a point/],
  ["click 1,2,3", /click takes a point/],
  ["click ,", /click takes a point/],
  ["constructor", /There is no action "constructor"/],
])("%s is a mistake that says what would be right", (words, why) => {
  const [name = "", ...values] = words.split(" ");
  expect(() => actionOf({ ref: "b1", name, values })).toThrow(why);
  expect(() => actionOf({ ref: "b1", name: "press", values: [], count: 2 })).toThrow("--count is for");
});
