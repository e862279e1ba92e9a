import type { CardRow } from "../../protocol/rows.ts";
import type { Cause, Facts, GrantScope, Rule, RuleCondition } from "../../protocol/values.ts";
import { literalGlob } from "./literal-glob.ts";
import {
  isInTerminal,
  isKnownAgain,
  mayBeGivenWhole,
  READING_TOOLS,
  SCREEN_TOOLS,
  secretCause,
} from "./screen-calls.ts";

/** What of a card a grant is made from. */
type Asked = Pick<CardRow, "approvalId" | "type" | "session" | "tool" | "facts" | "causes" | "ruleId">;

/**
 * What an approval for longer than once would match: the same command word for word, the same hosts, application, files,
 * control of an application or tool of a server. Undefined where nothing narrower than the tool itself can be said, such
 * as a compound line of shell, and where a grant would not be heard: a decide-hook asks anew each time.
 */
export function grantCondition({
  type,
  tool,
  facts,
  ruleId = "",
}: Pick<Asked, "type" | "tool" | "facts" | "ruleId">): RuleCondition | undefined {
  if (type !== "approval" || facts === undefined || facts.hash === "" || isDeaf(ruleId)) return undefined;
  const { server, argv, isCompound, isSandboxed, domains = [], app, paths = [] } = facts;
  if (isCompound === true) return undefined;
  if (server !== undefined) return { tool };
  if (SCREEN_TOOLS.includes(tool)) return screenCondition(tool, facts);
  const where = paths.length === 0 ? {} : { path: paths.map(literalGlob) };
  const hosts = domains.length === 0 ? {} : { domain: domains.map(literalGlob) };
  if (argv !== undefined) return { tool, argv, ...where, ...hosts, isSandboxed: isSandboxed === true };
  const narrowed = { ...where, ...hosts, ...(app === undefined ? {} : { app }) };
  return Object.keys(narrowed).length === 0 ? undefined : { tool, ...narrowed };
}

/** The same action on the same control, whatever value goes with it; or reading whatever the application shows. */
function screenCondition(tool: string, facts: Facts): RuleCondition | undefined {
  const { app, control } = facts;
  if (app === undefined || secretCause(facts) !== undefined) return undefined;
  if (READING_TOOLS.includes(tool)) return { tool: [...READING_TOOLS], app };
  if (control === undefined || isInTerminal(facts) || !isKnownAgain(control)) return undefined;
  const { action, role, name } = control;
  return { tool, app, control: { action: literalGlob(action), role: literalGlob(role), name: literalGlob(name) } };
}

/** What a grant for a whole application would match and answer for. */
interface WholeApp {
  app: string;
  when: RuleCondition;
  covers: Cause[];
}

/**
 * What an approval of everything in an application would allow: reading and driving whatever it shows, also where its own
 * text suggests it, or text that the session had read when it was asked (`taints`); no other cause. Undefined for calls
 * that are not about a window or put something into a secret field, and where loopd itself could be answered.
 */
export function wholeAppOf(
  { type, tool, facts, causes, ruleId = "" }: Omit<Asked, "approvalId" | "session">,
  taints: readonly string[],
): WholeApp | undefined {
  if (type !== "approval" || facts === undefined || facts.hash === "" || isDeaf(ruleId)) return undefined;
  const { app, source } = facts;
  if (!SCREEN_TOOLS.includes(tool) || app === undefined || !mayBeGivenWhole(app)) return undefined;
  if (secretCause(facts) !== undefined || isInTerminal(facts)) return undefined;
  const sources = causes.flatMap((cause) => (cause.type === "taint" ? cause.source : []));
  const read = new Set([...sources, ...taints, ...(source === undefined ? [] : [source])]);
  const covers = [...read].map((one): Cause => ({ type: "taint", source: one }));
  return { app, when: { tool: [...SCREEN_TOOLS], app }, covers };
}

/** Whether a grant is about all that an application shows, so that it need not name the control. */
function isAboutAll({ tool }: RuleCondition): boolean {
  return Array.isArray(tool) && READING_TOOLS.every((name) => tool.includes(name));
}

/** Whether the rule that asks is one that no grant answers. */
function isDeaf(ruleId: string): boolean {
  return ruleId === "no-rule" || ruleId.startsWith("hook ");
}

/**
 * Whether a call touches something of a kind that its grant says nothing about, and so did not show: a command that names
 * hosts where the granted one reached none, an application with a file where it was opened without.
 */
export function isBeyond(
  { when }: Rule,
  { server, paths = [], domains = [], app, control, argv, isCompound }: Facts,
): boolean {
  if (server !== undefined) return false;
  const isCommand = argv !== undefined || isCompound === true;
  return (
    (paths.length > 0 && when.path === undefined) ||
    (domains.length > 0 && when.domain === undefined) ||
    (app !== undefined && when.app === undefined) ||
    (control !== undefined && when.control === undefined && (!isAboutAll(when) || isInTerminal({ app, control }))) ||
    (isCommand && when.argv === undefined)
  );
}

/** Whose word a grant is, since when, and until when if it ends. */
type Word = { by: string; at: string; expiresAt?: number };

/** The grant that an approval with this scope makes. */
export function grantOf(card: Asked, scope: Exclude<GrantScope, "once">, word: Word): Rule | undefined {
  const when = grantCondition(card);
  return when && grantRule(card, { when, covers: card.causes }, scope, word);
}

/** The grant that an approval of everything in the application makes; see `wholeAppOf`. */
export function wholeAppGrant(
  card: Asked,
  taints: readonly string[],
  scope: Exclude<GrantScope, "once">,
  word: Word,
): Rule | undefined {
  const whole = wholeAppOf(card, taints);
  return whole && grantRule(card, whole, scope, word);
}

function grantRule(
  card: Asked,
  { when, covers }: { when: RuleCondition; covers: Cause[] },
  scope: Exclude<GrantScope, "once">,
  word: Word,
): Rule {
  const session = scope === "session" ? { session: card.session } : {};
  const grant = { scope, ...session, covers, ...word };
  return { id: `grant-${card.approvalId}`, layer: "grant", when, decision: "execute", grant };
}
