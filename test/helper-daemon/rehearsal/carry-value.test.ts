import { expect, test } from "vitest";
import { ScreenView } from "../../../src/ax-helper/tree/screen-view.ts";
import { elementsOf, realWindow } from "../../ax-helper/tree/windows.ts";
import { shownControls } from "../../../helper-daemon/rehearsal/screen-controls.ts";
import { rehearseTurn } from "./rehearse-turn.ts";

const QUESTION = "Compute 7 × 6 in galculator and write it into mousepad.";

/** A calculator that shows whatever key was pressed last, until `=`, and an editor, as captured. */
function desk() {
  const [view, editorView] = [new ScreenView(), new ScreenView()];
  const calculator = structuredClone(realWindow("win-galculator_galculator"));
  const editor = structuredClone(realWindow("step-mousepad-type@1"));
  const display = elementsOf(calculator).find(({ role, text }) => role === "text" && text !== undefined);
  const page = elementsOf(editor).find(({ role, text }) => role === "text" && text !== undefined);
  if (display === undefined || page === undefined) throw new Error("the captures have other controls");
  const shown = () => view.look(calculator, undefined);
  const act = ({ ref, action, text }: { [key: string]: unknown }) => {
    if (action === "type") {
      page.text = String(text);
      return editorView.look(editor, undefined).text;
    }
    const name = view.find(String(ref))?.control.name ?? "nothing";
    display.text = name === "=" ? "42" : name;
    return shown().text;
  };
  return {
    screen_read: ({ app }: { [key: string]: unknown }) =>
      app === "galculator" ? shown().text : editorView.look(editor, undefined).text,
    screen_act: act,
  };
}

test("a value is read off one program and typed into another, by what the screens show alone", async () => {
  const { calls, answer } = await rehearseTurn(QUESTION, desk());
  expect(calls.map(({ name }) => name)).toEqual([
    ...["screen_read", "screen_act", "screen_act", "screen_act", "screen_act", "screen_read", "screen_act"],
  ]);
  expect(calls.at(-1)?.input).toMatchObject({ action: "type", text: "7 × 6 = 42" });
  expect(answer).toContain("I typed `7 × 6 = 42` into `mousepad`, and there it stands.");
});

test("tools that are not in every prompt are run through call_tool", async () => {
  const tools = desk();
  const call_tool = ({ name, arguments: input }: { [key: string]: unknown }) =>
    tools[name as keyof typeof tools](input as { [key: string]: unknown });
  const { calls, answer } = await rehearseTurn(QUESTION, { call_tool });
  expect(calls[1]?.input).toMatchObject({ name: "screen_act", arguments: { action: "press" } });
  expect(answer).toContain("and there it stands");
});

test("a key or a field that is not there is said, not guessed", async () => {
  const without = await rehearseTurn(QUESTION, {
    ...desk(),
    screen_read: () => "galculator | galculator\nb1 8 | b2! 7",
  });
  expect(without.answer).toContain("no key `7` in `galculator`");
  expect(without.calls).toHaveLength(1);
});

test("controls are read with flags, names and values, as they were shown last", () => {
  const texts = [
    "app | w\nt1*~ Total=4 | b2 = | b3 - | k4+ On\n7 rows",
    'diff 1\nt1*~ Total=5=5\nnew: b9 Go | x\ngone: b3 - | "x"',
  ];
  expect(shownControls(texts)).toEqual([
    { ref: "t1", flags: "*~", name: "Total", value: "5=5" },
    { ref: "b2", flags: "", name: "=" },
    { ref: "k4", flags: "+", name: "On" },
    { ref: "b9", flags: "", name: "Go" },
  ]);
});
