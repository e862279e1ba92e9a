import type { CardRow } from "../../protocol/requests.ts";
import { argumentText, changeOf, previewOf } from "./arguments.ts";
import { callSummary, effectWords } from "./call.ts";
import { type CardChoice, type CardView, createSections } from "./card-view.ts";
import { causeText } from "./cause.ts";
import { plural } from "./quantity.ts";
import { grantWords } from "./rule.ts";
import { oneLine } from "./terminal-text.ts";

const approvalChoices: CardChoice[] = [
  { title: "Approve", resolution: "approved" },
  { title: "Deny", resolution: "denied" },
];
const longerChoices: CardChoice[] = [
  { title: "Approve for This Session", resolution: "approved", scope: "session" },
  { title: "Approve Always", resolution: "approved", scope: "always" },
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
  add("Asked because", [...reasonWords(card), ...card.causes.map(causeText)].join("; "));
  add("Change", changeOf(card), "diff");
  add("Arguments", argumentText(card), "block");
  add("Preview", previewOf(card), "block");
  add("Answer until", card.state === "pending" ? expiryWords(card) : undefined);
  add(card.grant?.isSuggested === true ? "Asked often" : "For longer", isRecovery ? undefined : longerWords(card));
  add("The model says", card.rationale === undefined ? undefined : oneLine(card.rationale, LONGEST_RATIONALE));
  const summary = callSummary(card.tool, card.arguments);
  return {
    title: isRecovery ? `What became of this? ${summary}` : `May loopd do this? ${summary}`,
    sections,
    asksFor: "choice",
    choices: isRecovery ? recoveryChoices : [...approvalChoices, ...(card.grant === undefined ? [] : longerChoices)],
  };
}

/** What the rule that asks says about itself. */
function reasonWords({ ruleId = "a rule", ruleReason }: CardRow): string[] {
  return ruleReason === undefined ? [] : [`${ruleId} says: ${oneLine(ruleReason, LONGEST_RATIONALE)}`];
}

function expiryWords({ expiresAt }: CardRow): string | undefined {
  return expiresAt === undefined ? undefined : `${expiresAt}; after that it counts as denied`;
}

/** What an approval for longer would match. Said on every card, and with more stress once the same was approved often. */
function longerWords(card: CardRow): string | undefined {
  const words = grantWords(card);
  if (words === undefined) return undefined;
  const allows = `approving it for this session or always would let run without asking: ${words}`;
  if (card.grant?.isSuggested !== true) return allows;
  return `you have approved such a call ${plural(card.approvals ?? 0, "time")}; ${allows}`;
}

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
