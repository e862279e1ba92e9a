import type { CapturedWindow } from "../../protocol/screen.ts";
import type { Awaited } from "../session-screen.ts";
import { normalise } from "../tree/normalise.ts";
import type { Line, Part } from "../tree/screen.ts";

/** What the legend calls the letters of references, and what models call them from elsewhere. */
const LETTERS: Record<string, string> = {
  ...{ button: "b", check: "k", option: "o", text: "t", number: "n", popup: "p", link: "l", menu: "m", tab: "x" },
  ...{ slider: "s", item: "i" },
  ...{ checkbox: "k", radio: "o", textbox: "t", textfield: "t", field: "t", input: "t", dropdown: "p", combobox: "p" },
};

const plain = (text: string) => text.toLowerCase().replace(/\s+/gu, " ").trim();
const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}]+/gu, "");

/** Whether a window shows a text, in any case: of a control of that role, or anywhere if none is given. */
export function shows(capture: CapturedWindow, { text, role }: Pick<Awaited, "text" | "role">): boolean {
  const wanted = plain(text);
  const { title, lines } = normalise(capture);
  if (role !== undefined) return lines.some(({ parts }) => parts.some((part) => isControl(part, role, wanted)));
  return plain(title).includes(wanted) || lines.some((line) => plain(rowText(line)).includes(wanted));
}

function isControl(part: Part, role: string, wanted: string): boolean {
  if (part.kind !== "control") return false;
  const word = letters(role);
  const isRole = LETTERS[word] === part.letter || letters(part.role).includes(word);
  return isRole && plain(`${part.name} ${part.value ?? ""}`).includes(wanted);
}

/** All that a row says, from left to right. */
function rowText({ parts }: Line): string {
  return parts
    .map((part) => {
      if (part.kind === "words") return part.text;
      return part.kind === "control" ? `${part.name} ${part.value ?? ""}` : "";
    })
    .join(" ");
}
