import type { CardRow } from "../../protocol/requests.ts";
import { argumentText, changeOf, previewOf } from "./arguments.ts";
import { callSummary, effectWords } from "./call.ts";
import { type CardChoice, type CardView, createSections } from "./card-view.ts";
import { oneLine } from "./terminal-text.ts";

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

/** What a face shows of an approval, or of a recovery. */
export function presentApproval(card: CardRow): CardView {
  const { facts, type } = card;
  const isRecovery = type === "recovery";
  const { sections, add } = createSections();
  if (isRecovery) {
    add("What happened", "The helper ended while this was running, so loopd cannot know whether it took effect.");
  }
  add("Tool", toolWords(card));
  add("Runs", placeWords(card));
  add("Asks the server", serverWords(card));
  add("Application", facts?.app);
  add("Reaches", reachWords(card));
  add("Touches", facts?.paths?.join("\n"), "block");
  add("Working folder", card.workspace);
  add("Careful", warning(card));
  add("Asked because", card.causes.map((cause) => `${causeWords[cause.type]} (${cause.source})`).join("; "));
  add("Change", changeOf(card), "diff");
  add("Arguments", argumentText(card), "block");
  add("Preview", previewOf(card), "block");
  add("The model says", card.rationale === undefined ? undefined : oneLine(card.rationale, LONGEST_RATIONALE));
  const summary = callSummary(card.tool, card.arguments);
  return {
    title: isRecovery ? `What became of this? ${summary}` : `May loopd do this? ${summary}`,
    sections,
    asksFor: "choice",
    choices: isRecovery ? recoveryChoices : approvalChoices,
  };
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

function toolWords({ tool, effect, facts }: CardRow): string {
  // What a tool of a server does is known to that server alone.
  return effect === undefined || facts?.server !== undefined ? tool : `${tool}: ${effectWords[effect]}`;
}

/** Where a command would run, and so what agreeing to it means. */
function placeWords({ effect, facts }: CardRow): string | undefined {
  if (effect !== "exec" || facts === undefined || facts.server !== undefined) return undefined;
  if (facts.isSandboxed === true)
    return "in the sandbox: it can change files only in the working folder and a temporary one";
  return "outside the sandbox, with your full power: it can read, change and send whatever you can";
}

function serverWords({ facts }: CardRow): string | undefined {
  if (facts?.server === undefined) return undefined;
  const trust =
    facts.isTrusted === true
      ? "you marked it as trusted"
      : "not trusted: it holds your full power, and loopd cannot see what it does with this";
  return `${oneLine(facts.server, 64)} (${trust})`;
}

function reachWords({ facts }: CardRow): string | undefined {
  const { domains, isSandboxed } = facts ?? {};
  if (domains === undefined) return undefined;
  if (domains.length > 0) return domains.join(", ");
  return isSandboxed === true ? "nothing but the hosts that the config allows every command" : undefined;
}

function warning({ facts }: CardRow): string | undefined {
  if (facts === undefined) return undefined;
  if (facts.isProtected === true) return "this touches a folder that loopd protects";
  if (facts.inWorkspace === false) return "this touches places outside the working folder";
  return facts.hash === "" ? "loopd could not find out in time what this would touch" : undefined;
}
