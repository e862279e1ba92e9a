import { isShell, isTerminal } from "../../protocol/own-faces.ts";
import type { CardRow } from "../../protocol/requests.ts";
import { argumentText, changeOf, previewOf } from "./arguments.ts";
import { cardSummary, effectWords, isAboutWindow } from "./call.ts";
import { type CardChoice, type CardView, createSections } from "./card-view.ts";
import { causeTexts } from "./cause.ts";
import { plural } from "./quantity.ts";
import { appGrantWords, grantWords } from "./rule.ts";
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
const LONGEST_APP = 40;

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
  add("Window", facts?.window);
  add("Reaches", reachWords(card));
  add("Touches", facts?.paths?.join("\n"), "block");
  add("Working folder", card.workspace);
  add("Careful", warning(card));
  add("Asked again because", shortWords(card));
  add("Asked because", [...reasonWords(card), ...causeTexts(card.causes)].join("; "));
  add("Change", changeOf(card), "diff");
  add("Arguments", argumentText(card), "block");
  const summary = cardSummary(card);
  const preview = previewOf(card);
  add("Preview", preview !== undefined && isSaidBy(summary, preview) ? undefined : preview, "block");
  add("Answer until", card.state === "pending" ? expiryWords(card) : undefined);
  add(card.grant?.isSuggested === true ? "Asked often" : "For longer", isRecovery ? undefined : longerWords(card));
  add("Everything in it", isRecovery ? undefined : wholeAppWords(card));
  add("The model says", card.rationale === undefined ? undefined : oneLine(card.rationale, LONGEST_RATIONALE));
  return {
    title: isRecovery ? `What became of this? ${summary}` : `May loopd do this? ${summary}`,
    sections,
    asksFor: "choice",
    choices: isRecovery ? recoveryChoices : [...approvalChoices, ...longerChoices(card)],
  };
}

/** Ways to approve for longer: this very thing, and for a window all that its application shows. */
function longerChoices({ tool, grant, appGrant }: CardRow): CardChoice[] {
  const what = isAboutWindow(tool) ? (tool === "screen_act" ? " This Control" : " Reading It") : "";
  const [session, always]: CardChoice[] = [
    { title: `Approve${what} for This Session`, resolution: "approved", scope: "session" },
    { title: `Approve${what} Always`, resolution: "approved", scope: "always" },
  ];
  const whole = appGrant && `Allow Everything in ${oneLine(appGrant.app, LONGEST_APP)} for This Session`;
  return [
    ...(grant === undefined || session === undefined ? [] : [session]),
    ...(whole === undefined ? [] : [{ title: whole, resolution: "approved", scope: "session", reach: "app" } as const]),
    ...(grant === undefined || always === undefined ? [] : [always]),
  ];
}

/** Whether a title says all of a preview already. */
function isSaidBy(summary: string, preview: string): boolean {
  return oneLine(preview, preview.length) === summary;
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

/** Why a person who had allowed such calls is asked all the same. */
function shortWords({ shortGrant }: CardRow): string | undefined {
  if (shortGrant === undefined || shortGrant.missing.length === 0) return undefined;
  return `you allow this for longer (${shortGrant.id}), but not where ${causeTexts(shortGrant.missing).join(" and where ")}`;
}

function wholeAppWords(card: CardRow): string | undefined {
  const words = appGrantWords(card);
  return words && `allowing it for this session would let run without asking: ${words}`;
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
  const { app = "", control } = facts;
  if (control !== undefined && (isTerminal(app) || isShell(control.role))) {
    return "this is a terminal: what is put into it runs as a command, with your full power, and could answer loopd itself";
  }
  return facts.hash === "" ? "loopd could not find out in time what this would touch" : undefined;
}
