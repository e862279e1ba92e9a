import type { CardRow } from "../../protocol/requests.ts";
import type { Json } from "../../protocol/values.ts";
import { callSummary, effectWords } from "./call.ts";
import { oneLine, visibleText } from "./terminal-text.ts";

/** One labelled part of what a person reads before answering. Text has no invisible or obeyed characters left. */
interface ApprovalSection {
  label: string;
  text: string;
  /** Shown in a fixed-width block, character by character; otherwise it is a sentence. */
  isVerbatim: boolean;
}

/** What a person may answer to a card, for `card.resolve`. */
export interface CardChoice {
  title: string;
  resolution: "approved" | "denied" | "answered";
  answer?: "happened" | "again" | "skip";
}

/** All that a person must see to answer a card, in the order in which it matters: facts first, the model's words last. */
export interface ApprovalView {
  title: string;
  sections: ApprovalSection[];
  choices: CardChoice[];
}

const approvalChoices: CardChoice[] = [
  { title: "Approve", resolution: "approved" },
  { title: "Deny", resolution: "denied" },
];
const recoveryChoices: CardChoice[] = [
  { title: "It Happened", resolution: "answered", answer: "happened" },
  { title: "Run It Again", resolution: "answered", answer: "again" },
  { title: "Skip It", resolution: "answered", answer: "skip" },
];
const LONGEST_RATIONALE = 500;

/** What a face shows of a card. */
export function presentApproval(card: CardRow): ApprovalView {
  const { facts } = card;
  const sections: ApprovalSection[] = [];
  const add = (label: string, text: string | undefined, isVerbatim: boolean) => {
    if (text !== undefined && text !== "") sections.push({ label, text: visibleText(text), isVerbatim });
  };
  if (card.type === "recovery") {
    add(
      "What happened",
      "The helper ended while this was running, so loopd cannot know whether it took effect.",
      false,
    );
  }
  add("Tool", card.effect === undefined ? card.tool : `${card.tool}: ${effectWords[card.effect]}`, false);
  add("Arguments", argumentText(card.arguments), true);
  add("Preview", previewOf(card), true);
  add("Touches", facts?.paths?.join("\n"), true);
  add("Working folder", card.workspace, false);
  if (facts?.isProtected === true) add("Careful", "this touches a folder that loopd protects", false);
  else if (facts?.inWorkspace === false) add("Careful", "this touches places outside the working folder", false);
  add("Asked because", card.causes.map((cause) => `${causeWords[cause.type]} (${cause.source})`).join("; "), false);
  add("The model says", card.rationale === undefined ? undefined : oneLine(card.rationale, LONGEST_RATIONALE), false);
  return { title: titleOf(card), sections, choices: card.type === "recovery" ? recoveryChoices : approvalChoices };
}

/** The view as lines of plain text; verbatim parts are indented, so that nothing in them can pass for a label. */
export function approvalText(view: ApprovalView): string {
  const parts = view.sections.map(({ label, text, isVerbatim }) => {
    const isBlock = isVerbatim || text.includes("\n");
    return isBlock ? `  ${label}:\n${text.replace(/^/gm, "    ")}` : `  ${label}: ${text}`;
  });
  return [view.title, ...parts].join("\n");
}

const causeWords: Record<CardRow["causes"][number]["type"], string> = {
  taint: "text from elsewhere may have suggested it",
  rehydration: "a hidden value would be sent in clear",
  rescued: "the call was repaired from damaged output",
  "secure-field": "it touches a password field",
  "hook-change": "a hook changed the arguments",
  image: "an image would be sent",
  repeat: "it would happen a second time, to mend an answer",
};

function titleOf(card: CardRow): string {
  const summary = callSummary(card.tool, card.arguments);
  if (card.type === "recovery") return `What became of this? ${summary}`;
  return `${card.type === "question" ? "A question" : "May loopd do this?"} ${summary}`;
}

/** The arguments in full, one per line; text of several lines is shown as lines, the way a shell would read it. */
function argumentText(values: Json): string {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return JSON.stringify(values, null, 2);
  const entries = Object.entries(values);
  if (entries.length === 0) return "(none)";
  return entries
    .map(([key, value]) => {
      if (typeof value !== "string") return `${key}: ${JSON.stringify(value)}`;
      return value.includes("\n") ? `${key}:\n${value.replace(/^/gm, "  | ")}` : `${key}: ${value}`;
    })
    .join("\n");
}

function previewOf({ facts, arguments: values }: CardRow): string | undefined {
  const preview = facts?.preview;
  const isShown = typeof values === "object" && values !== null && Object.values(values).includes(preview ?? "");
  return isShown ? undefined : preview;
}
