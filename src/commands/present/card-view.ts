import type { Json } from "../../protocol/values.ts";
import { visibleText } from "./terminal-text.ts";

/** One labelled part of what a person reads before answering. Text has no invisible or obeyed characters left. */
export interface CardSection {
  label: string;
  text: string;
  /** `line`: a sentence; `quote`: somebody else's words; `block`: character by character; `diff`: the same, with + and -. */
  format: "line" | "quote" | "block" | "diff";
  /** Present where the text is not shown whole: what is left out behind it, in our words, and the end of the text. */
  gap?: { words: string; end: string };
}

/** What a person may answer to a card, for `card.resolve`. */
export interface CardChoice {
  title: string;
  resolution: "approved" | "denied" | "answered";
  /** How far an approval reaches; once where absent. */
  scope?: "session" | "always";
  /** `app`: an approval for longer covers whatever the application shows. */
  reach?: "app";
  answer?: Json;
}

/** All that a person must see to answer a card, in the order in which it matters: facts first, the model's words last. */
export interface CardView {
  title: string;
  sections: CardSection[];
  /** How it is answered: by one of `choices` alone, or also in words, or by filling in the fields of a form. */
  asksFor: "choice" | "text" | "form";
  choices: CardChoice[];
}

/** Collects sections; what is absent or empty is left out. */
export function createSections(): { sections: CardSection[]; add: AddSection } {
  const sections: CardSection[] = [];
  const add: AddSection = (label, text, format = "line") => {
    if (text !== undefined && text !== "") sections.push({ label, text: visibleText(text), format });
  };
  return { sections, add };
}
type AddSection = (label: string, text: string | undefined, format?: CardSection["format"]) => void;

/** How a line of a section is shown in a terminal. */
export type Paint = (line: string, format: CardSection["format"]) => string;

/** The view as lines of text; all that is not ours is indented further, so that nothing in it can pass for a label. */
export function cardText(view: CardView, paint: Paint): string {
  const parts = view.sections.map(({ label, text, format, gap }) => {
    if (gap === undefined && format === "line" && !text.includes("\n")) return `  ${label}: ${text}`;
    const indented = (part: string) => part.split("\n").map((line) => `    ${paint(line, format)}`);
    const rest = gap === undefined ? [] : [`  … ${gap.words} …`, ...indented(gap.end)];
    return [`  ${label}:`, ...indented(text), ...rest].join("\n");
  });
  return [view.title, ...parts].join("\n");
}

/** For streams that show no colours. */
export const unpainted: Paint = (line) => line;
