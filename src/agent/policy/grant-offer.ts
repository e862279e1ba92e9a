import type { CardRow } from "../../protocol/rows.ts";
import type { GrantScope, Rule, RuleCondition } from "../../protocol/values.ts";
import { literalGlob } from "./literal-glob.ts";

/** What of a card a grant is made from. */
type Asked = Pick<CardRow, "approvalId" | "type" | "session" | "tool" | "facts" | "causes">;

/**
 * What an approval for longer than once would match: the same command word for word, the same hosts, application, files
 * or tool of a server. Undefined where nothing narrower than the tool itself can be said: a compound line of shell.
 */
export function grantCondition({ type, tool, facts }: Asked): RuleCondition | undefined {
  if (type !== "approval" || facts === undefined || facts.hash === "") return undefined;
  const { server, argv, isCompound, isSandboxed, domains = [], app, paths = [] } = facts;
  if (isCompound === true) return undefined;
  const where = paths.length === 0 ? {} : { path: paths.map(literalGlob) };
  const hosts = domains.length === 0 ? {} : { domain: domains.map(literalGlob) };
  if (server !== undefined) return { tool };
  if (argv !== undefined) return { tool, argv, ...where, ...hosts, isSandboxed: isSandboxed === true };
  return { tool, ...where, ...hosts, ...(app === undefined ? {} : { app }) };
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
