import type { CardRow } from "../../protocol/rows.ts";
import type { Facts, GrantScope, Rule, RuleCondition } from "../../protocol/values.ts";
import { literalGlob } from "./literal-glob.ts";

/** What of a card a grant is made from. */
type Asked = Pick<CardRow, "approvalId" | "type" | "session" | "tool" | "facts" | "causes" | "ruleId">;

/**
 * What an approval for longer than once would match: the same command word for word, the same hosts, application, files
 * or tool of a server. Undefined where nothing narrower than the tool itself can be said, such as a compound line of
 * shell, and where a grant would not be heard: a decide-hook asks anew each time.
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
  const where = paths.length === 0 ? {} : { path: paths.map(literalGlob) };
  const hosts = domains.length === 0 ? {} : { domain: domains.map(literalGlob) };
  if (argv !== undefined) return { tool, argv, ...where, ...hosts, isSandboxed: isSandboxed === true };
  const narrowed = { ...where, ...hosts, ...(app === undefined ? {} : { app }) };
  return Object.keys(narrowed).length === 0 ? undefined : { tool, ...narrowed };
}

/** Whether the rule that asks is one that no grant answers. */
function isDeaf(ruleId: string): boolean {
  return ruleId === "no-rule" || ruleId.startsWith("hook ");
}

/**
 * Whether a call touches something of a kind that its grant says nothing about, and so did not show: a command that names
 * hosts where the granted one reached none, an application with a file where it was opened without.
 */
export function isBeyond({ when }: Rule, { server, paths = [], domains = [], app, argv, isCompound }: Facts): boolean {
  if (server !== undefined) return false;
  const isCommand = argv !== undefined || isCompound === true;
  return (
    (paths.length > 0 && when.path === undefined) ||
    (domains.length > 0 && when.domain === undefined) ||
    (app !== undefined && when.app === undefined) ||
    (isCommand && when.argv === undefined)
  );
}

/** The grant that an approval with this scope makes. */
export function grantOf(
  card: Asked,
  scope: Exclude<GrantScope, "once">,
  word: { by: string; at: string; expiresAt?: number },
): Rule | undefined {
  const when = grantCondition(card);
  if (when === undefined) return undefined;
  const session = scope === "session" ? { session: card.session } : {};
  const grant = { scope, ...session, covers: card.causes, ...word };
  return { id: `grant-${card.approvalId}`, layer: "grant", when, decision: "execute", grant };
}
