import { type Action, actionSchema } from "../../protocol/screen-action.ts";
import { usage } from "./failure.ts";

/** What a person asks for: the words after the reference. */
export interface ActionWords {
  ref: string;
  name: string;
  values: readonly string[];
  /** How often to click. */
  count?: number | undefined;
}

/** How many words an action takes, and what they are. */
const SHAPES = {
  press: { least: 0, most: 0, words: "nothing more" },
  focus: { least: 0, most: 0, words: "nothing more" },
  set: { least: 1, most: 1, words: "one value (quote it if it has spaces)" },
  type: { least: 1, most: 1, words: "one text (quote it if it has spaces)" },
  toggle: { least: 0, most: 1, words: "on, off or nothing" },
  select: { least: 0, most: 1, words: "the name of an option, or nothing to select the item itself" },
  scroll: { least: 0, most: 2, words: "up, down, left or right, and how many pages" },
  menu: { least: 1, most: 10, words: "the names of the levels, such as File 'Save As…'" },
  key: { least: 1, most: 1, words: "one chord, such as ctrl+s" },
  click: { least: 0, most: 1, words: "a point of the control such as 10,4, or nothing for its middle" },
} as const satisfies Record<Action["action"], { least: number; most: number; words: string }>;

/** The names of all actions. */
export const ACTIONS = Object.keys(SHAPES);

/** Controls that hold a number, by the letter of their references. */
const NUMERIC = /^[sn]\d/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Whether an action puts text into a control. */
export function takesText(name: string): boolean {
  return name === "set" || name === "type";
}

/** The action that the words mean. @throws LoopdError `usage` naming what it takes. */
export function actionOf({ ref, name, values, count }: ActionWords): Action {
  if (!isAction(name)) throw usage(`There is no action ${JSON.stringify(name)}. Actions: ${ACTIONS.join(", ")}.`);
  const { least, most, words } = SHAPES[name];
  if (values.length < least || values.length > most) throw usage(`${name} takes ${words}.`);
  if (count !== undefined && name !== "click") throw usage("--count is for the action click.");
  const parsed = actionSchema.safeParse(draftOf(name, values, { ref, count }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = issue === undefined || issue.code === "invalid_type" ? "" : `: ${issue.message}`;
  throw usage(`${name} takes ${words}${why}.`);
}

function isAction(name: string): name is Action["action"] {
  return Object.hasOwn(SHAPES, name);
}

/** Not checked yet; what is not there stays away. */
function draftOf(
  action: Action["action"],
  [first, second, ...rest]: readonly string[],
  { ref, count }: Pick<ActionWords, "ref" | "count">,
): object {
  switch (action) {
    case "press":
    case "focus":
      return { action };
    case "set":
      return { action, value: NUMERIC.test(ref) && NUMBER.test(first ?? "") ? Number(first) : first };
    case "type":
      return { action, text: first };
    case "toggle":
      return { action, ...(first === undefined ? {} : { on: ({ on: true, off: false } as const)[first] ?? first }) };
    case "select":
      return { action, option: first };
    case "scroll":
      return { action, direction: first, pages: second === undefined ? undefined : Number(second) };
    case "menu":
      return { action, path: [first, second, ...rest].filter((level) => level !== undefined) };
    case "key":
      return { action, chord: first };
    case "click":
      return { action, ...pointOf(first), count };
  }
}

function pointOf(words: string | undefined): object {
  if (words === undefined) return {};
  const [x, y, ...rest] = words.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  return { x, y: rest.length === 0 ? (y ?? Number.NaN) : Number.NaN };
}
