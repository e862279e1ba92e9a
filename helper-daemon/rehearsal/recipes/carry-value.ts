import type { ToolResult } from "../messages-request.ts";
import { code } from "../markdown.ts";
import { withoutEnd } from "../question-words.ts";
import type { Recipe, RecipeStep } from "../recipe.ts";
import { type ShownControl, shownControls } from "../screen-controls.ts";

const ASKED =
  /^(?:please\s+)?(?:compute|calculate|work out)\s+([\d.,\s×x*÷/+\u2212-]{1,40}?)\s+in\s+(.{1,60}?),?\s+(?:and|then)\s+(?:write|type|put|carry)\s+(?:it|that|the (?:result|answer|value))\s+in(?:to)?\s+(.{1,60})$/i;

/** What keys are called on calculators, by what a person writes. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "×": ["*", "×", "Multiply"],
  "÷": ["/", "÷", "Divide"],
  "+": ["+", "Add"],
  "−": ["-", "−", "Subtract"],
  ".": [".", ",", "Decimal"],
  "=": ["=", "Equals"],
};
const SAME: Readonly<Record<string, string>> = { "*": "×", x: "×", X: "×", "/": "÷", "-": "−", ",": "." };

const textsOf = (results: readonly ToolResult[]) => results.map(({ text }) => text);

/** Presses the keys of a calculator, reads what it shows, and types that into another program. */
export const carryValue: Recipe = {
  example: "Compute 7 × 6 in galculator and write it into mousepad",
  plan(question) {
    const [, sum = "", from = "", into = ""] = ASKED.exec(question) ?? [];
    const keys = [...[...sum.replace(/\s/g, "")].map((key) => SAME[key] ?? key), "="];
    const target = withoutEnd(into);
    if (sum === "" || target === "") return undefined;
    return (results) => {
      const [read, ...pressed] = results.slice(0, keys.length + 1);
      if (read === undefined) return { type: "call", tool: "screen_read", input: { app: from } };
      const key = keys[pressed.length];
      if (key !== undefined) return press(key, from, [read, ...pressed]);
      const shown = display([read, ...pressed]);
      if (shown === undefined)
        return { type: "answer", text: `I found no field of ${code(from)} that shows a result.` };
      const words = `${[...keys.slice(0, -1)].join(" ").replace(/(?<=[\d.]) (?=[\d.])/g, "")} = ${shown}`;
      return write(words, target, from, results.slice(keys.length + 1));
    };
  },
};

function press(key: string, app: string, seen: readonly ToolResult[]): RecipeStep {
  const names = KEYS[key] ?? [key];
  const controls = shownControls(textsOf(seen));
  const found = names.flatMap(
    (name) => controls.find((control) => control.name === name && !control.flags.includes("!")) ?? [],
  );
  const [button] = found;
  if (button === undefined) return { type: "answer", text: `I found no key ${code(key)} in ${code(app)}.` };
  const input = { ref: button.ref, action: "press" };
  return {
    type: "call",
    tool: "screen_act",
    input,
    rationale: `Presses the key ${button.name} of the sum that you asked for.`,
  };
}

/** What the first field with a value shows. */
function display(seen: readonly ToolResult[]): string | undefined {
  return shownControls(textsOf(seen)).find(({ ref, value }) => ref.startsWith("t") && value !== undefined)?.value;
}

/** The field to write into: the one with the keyboard, else the first that takes text. */
function fieldOf(read: ToolResult): ShownControl | undefined {
  const fields = shownControls([read.text]).filter(({ ref, flags }) => ref.startsWith("t") && !/[~!]/.test(flags));
  return fields.find(({ flags }) => flags.includes("*")) ?? fields[0];
}

function write(words: string, app: string, from: string, results: readonly ToolResult[]): RecipeStep {
  const [read, typed] = results;
  if (read === undefined) return { type: "call", tool: "screen_read", input: { app } };
  const field = fieldOf(read);
  if (field === undefined) return { type: "answer", text: `I found no field in ${code(app)} that takes text.` };
  if (typed === undefined) {
    const input = { ref: field.ref, action: "type", text: words };
    return {
      type: "call",
      tool: "screen_act",
      input,
      rationale: `Writes what ${from} shows into ${app}, as you asked.`,
    };
  }
  const isThere = typed.text.includes(words);
  const end = isThere ? "and there it stands" : "but the screen does not show it there, so have a look";
  return { type: "answer", text: `${code(from)} shows it: I typed ${code(words)} into ${code(app)}, ${end}.` };
}
