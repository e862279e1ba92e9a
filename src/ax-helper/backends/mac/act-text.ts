import { Problem } from "../../problem.ts";
import { type Check, checkedBy, type Deed, demand, type Subject, tellWhether } from "./deed.ts";
import { type Glimpse, glimpse } from "./elements.ts";

const NUMERIC = new Set(["slider", "spin button", "scroll bar", "level bar"]);
const HOLDERS = new Set(["entry", "text", "password text", "combo box"]);
/** Bytes that are typed key by key; more takes too long, and a person may come between. */
const MOST_TYPED = 10_000;
const SHOWN = 120;
const NO_PROOF = "A page took it, which is no proof that its script noticed: see what the page shows.";

/** Replaces what a field holds, or the number of a slider. */
export async function setValue(subject: Subject, value: string | number): Promise<Deed | Problem> {
  const { look, element, now } = subject;
  if (NUMERIC.has(now.raw.role)) return setNumber(subject, Number(value));
  const isPopup = now.node.role === "AXPopUpButton";
  if (!HOLDERS.has(now.raw.role) || isPopup)
    return new Problem(
      "unsupported",
      `It holds no text and no number. ${isPopup ? "Select an option of it." : ""}`.trim(),
    );
  const text = String(value);
  const deed = await demand(look, { action: "set-value", element: element.id, value: text }, "accessibility");
  return checkedBy(deed, subject, (after) => tellText(after, (held) => held === text));
}

/** Inserts at the caret, over what is selected: by accessibility, else key by key. */
export async function typeText(subject: Subject, text: string): Promise<Deed | Problem> {
  const { look, element } = subject;
  const now = await takeFocus(subject);
  if (now instanceof Problem) return now;
  const before = heldBy(now);
  const isInserted = (held: string) => held.includes(plainEnds(text)) && (text === "" || held !== before);
  const tell = (after: Glimpse) => tellText(after, isInserted);
  const inserted = await demand(look, { action: "insert-text", element: element.id, text }, "accessibility");
  if (!isRefused(inserted)) return checkedBy(inserted, subject, tell);
  if (Buffer.byteLength(text) > MOST_TYPED)
    return new Problem(
      "invalid",
      `This field only takes keys, and that is too much text for keys: at most ${MOST_TYPED} bytes.`,
    );
  const typed = await demand(look, { action: "type", element: element.id, text }, "input");
  if (!(typed instanceof Problem) || !now.node.secure) return checkedBy(typed, subject, tell);
  // Keys never go where they are kept secret; such a field still takes its text as a whole.
  const whole = await demand(look, { action: "set-value", element: element.id, value: text }, "accessibility");
  if (whole instanceof Problem) return isRefused(whole) ? typed : whole;
  return { ...whole, check: async () => ({ note: "It was replaced as a whole; what it held is not known." }) };
}

const isRefused = (deed: Deed | Problem) =>
  deed instanceof Problem && ["unsupported", "read-only", "failed"].includes(deed.code);

/** Gives an element the keyboard if it has it not, and looks again; one that does not take it is as it was. */
async function takeFocus({ look, element, now }: Subject): Promise<Glimpse | Problem> {
  if (now.node.focused === true) return now;
  const focused = await demand(look, { action: "focus", element: element.id }, "accessibility");
  if (focused instanceof Problem && !isRefused(focused)) return focused;
  return glimpse(look, element);
}

async function setNumber(subject: Subject, value: number): Promise<Deed | Problem> {
  if (!Number.isFinite(value)) return new Problem("invalid", "It takes a number.");
  const { look, element } = subject;
  const deed = await demand(look, { action: "set-value", element: element.id, value }, "accessibility");
  return checkedBy(deed, subject, ({ raw }) =>
    raw.value === undefined ? {} : tellWhether(Math.abs(raw.value - value) < 1e-6, `It is ${raw.value}.`),
  );
}

/** The text that an element tells; undefined of a secret one, which never does. */
function heldBy({ raw, node }: Glimpse): string | undefined {
  return node.secure === true || raw.text === undefined ? undefined : plainEnds(raw.text);
}

function tellText(after: Glimpse, isAsAsked: (held: string) => boolean): Check {
  const held = heldBy(after);
  if (held === undefined) return {};
  const isAsked = isAsAsked(held);
  const isPart = (after.raw.chars ?? 0) > held.length;
  // What is not on view of a long text is not known.
  if (isPart && !isAsked) return {};
  if (isAsked && after.node.page === true) return { note: NO_PROOF };
  const shown = held.length > SHOWN ? `${held.slice(0, SHOWN)}…` : held;
  return tellWhether(isAsked, `It holds ${JSON.stringify(shown)}.`);
}

/** Programs end lines in their own way. */
function plainEnds(text: string): string {
  return text.replaceAll(/\r\n?|\u2028|\u2029/g, "\n");
}
