import { Problem } from "../../problem.ts";
import { type Check, type Deed, demand, type Subject } from "./deed.ts";
import { activeWindowOf, readElement, toolkitOf } from "./element.ts";
import { pressKeys, typeKeys } from "./input.ts";
import { asCount, asNumbers, asText } from "./values.ts";

const SECURE = "password text";
/** Characters of a field that are compared after typing. */
const COMPARED = 10_000;

/** Replaces what a field holds, or the number of a slider or spin button. */
export async function setValue(subject: Subject, value: string | number): Promise<Deed | Problem> {
  const { look, target, now } = subject;
  const text = String(value);
  // What is written into a number field only counts once it is left. Those of browsers ignore numbers, but take keys.
  const isNumber = typeof value === "number" || (now.role === "spin button" && isNumeric(text));
  const takesKeys = now.states.includes("editable") && !now.ifaces.includes("EditableText");
  if (isNumber && !takesKeys && now.ifaces.includes("Value")) return setNumber(subject, Number(value));
  if (now.ifaces.includes("EditableText")) {
    if (!now.states.includes("editable")) return readOnly();
    const done = look.call(target, "EditableText.SetTextContents", { signature: "s", body: [text] });
    const deed = await demand(done, "The program refused to change this text.");
    return deed instanceof Problem ? deed : { ...deed, check: () => checkText(subject, (now) => now === text) };
  }
  if (!now.states.includes("editable")) {
    if (now.ifaces.includes("Value") && isNumeric(text)) return setNumber(subject, Number(text));
    return now.ifaces.includes("Text") ? readOnly() : new Problem("unsupported", "It holds no text and no number.");
  }
  const ready = await takeKeyboard(subject);
  if (ready !== undefined) return ready;
  if (now.role === "table cell") return writeCell(subject, text);
  const problem =
    (await pressKeys(look, { modifiers: ["ctrl"], key: "a" })) ??
    (await (text === "" ? pressKeys(look, { modifiers: [], key: "Delete" }) : typeKeys(look, text)));
  return problem ?? { by: "input", check: () => checkText(subject, (now) => now === text) };
}

/** Writes a cell of a sheet that has the keyboard: typing replaces what is in it, Return ends it. A formula shows its result. */
async function writeCell(subject: Subject, text: string): Promise<Deed | Problem> {
  const { look } = subject;
  const problem = await (text === "" ? pressKeys(look, { modifiers: [], key: "Delete" }) : typeKeys(look, `${text}\n`));
  const isFormula = text.startsWith("=");
  return problem ?? { by: "input", check: () => checkText(subject, (now) => isFormula || now === text) };
}

/** Inserts at the caret, over what is selected. */
export async function typeText(subject: Subject, text: string): Promise<Deed | Problem> {
  const { look, target, now } = subject;
  if (!now.ifaces.includes("EditableText")) return typeByKeys(subject, text);
  if (!now.states.includes("editable")) return readOnly();
  await look.call(target, "Component.GrabFocus");
  const selections = asCount(await look.call(target, "Text.GetNSelections"));
  const range = selections === 0 ? [] : await look.call(target, "Text.GetSelection", { signature: "i", body: [0] });
  const [from, to] = asNumbers(range);
  let caret = asCount(await look.get(target, "Text.CaretOffset"));
  if (from !== undefined && to !== undefined && to > from) {
    await look.call(target, "EditableText.DeleteText", { signature: "ii", body: [from, to] });
    caret = from;
  }
  // The length is of bytes in ATK and places are of characters; Qt counts UTF-16 in both.
  const isQt = (await toolkitOf(look, target)) === "Qt";
  const length = isQt ? text.length : Buffer.byteLength(text);
  const characters = isQt ? text.length : [...text].length;
  const body = [caret, text, length];
  const done = look.call(target, "EditableText.InsertText", { signature: "isi", body });
  const deed = await demand(done, "The program refused to insert this text.");
  if (deed instanceof Problem) return deed;
  const end = caret + characters;
  await look.call(target, "Text.SetCaretOffset", { signature: "i", body: [end] });
  const check = async (): Promise<Check> => {
    if (now.role === SECURE) return {};
    const inserted = await look.call(target, "Text.GetText", { signature: "ii", body: [caret, end] });
    return { verified: inserted === text };
  };
  return { ...deed, check };
}

async function typeByKeys(subject: Subject, text: string): Promise<Deed | Problem> {
  if (!subject.now.states.includes("editable") && !subject.now.states.includes("focusable")) return readOnly();
  const ready = await takeKeyboard(subject);
  if (ready !== undefined) return ready;
  const problem = await typeKeys(subject.look, text);
  return problem ?? { by: "input", check: () => checkText(subject, (now) => now.includes(text)) };
}

/** Gives an element the keyboard and makes sure that it has it. */
async function takeKeyboard({ look, target }: Subject): Promise<Problem | undefined> {
  const window = await activeWindowOf(look, target);
  if (window instanceof Problem) return window;
  await look.call(target, "Component.GrabFocus");
  const deadline = performance.now() + look.limits.callMs;
  for (;;) {
    const now = await readElement(look, target);
    if (now instanceof Problem) return now;
    if (now.states.includes("focused")) return undefined;
    if (performance.now() > deadline)
      return new Problem("not-focused", "It did not take the keyboard, so nothing was typed.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isNumeric(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

async function setNumber({ look, target }: Subject, value: number): Promise<Deed | Problem> {
  const deed = await demand(look.set(target, "Value.CurrentValue", "d", value), "The program refused this number.");
  if (deed instanceof Problem) return deed;
  const check = async () => {
    const now = await look.get(target, "Value.CurrentValue");
    return typeof now === "number" ? { verified: Math.abs(now - value) < 1e-6, note: `It is ${now}.` } : {};
  };
  return { ...deed, check };
}

/** Reads a field again. What a secure one holds is never read, so nothing is said of it. */
async function checkText({ look, target, now }: Subject, isAsAsked: (text: string) => boolean): Promise<Check> {
  if (now.role === SECURE) return {};
  const chars = asCount(await look.get(target, "Text.CharacterCount"));
  const body = [0, Math.min(chars, COMPARED)];
  const text = chars === 0 ? "" : await look.call(target, "Text.GetText", { signature: "ii", body });
  if (typeof text !== "string" || chars > COMPARED) return {};
  return { verified: isAsAsked(text), note: `It holds ${JSON.stringify(asText(text, 120))}.` };
}

function readOnly(): Problem {
  return new Problem("read-only", "This text cannot be changed.");
}
