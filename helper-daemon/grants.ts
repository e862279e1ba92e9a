import { grantCondition, grantOf } from "../src/agent/policy/grant-offer.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import { periodMs } from "../src/protocol/period.ts";
import type { CardRow, ParsedParamsOf } from "../src/protocol/requests.ts";
import type { GrantScope, Rule } from "../src/protocol/values.ts";
import type { Hub } from "./hub.ts";
import { HOME_SESSION } from "./rules.ts";
import type { Store } from "./store/open-store.ts";

/** After so many identical approvals a person is told that they could approve for longer. */
const SUGGESTED_AFTER = 3;

/** How far an approval reaches, for how long, and whose word it is. */
interface Word {
  scope: GrantScope;
  /** `24h`; without it, until it is taken back. */
  holdsFor?: string;
  by: string;
}

/** A card with what an approval for longer would allow, from its real values; as it is where it can be approved only once. */
export function withGrant(card: CardRow): CardRow {
  const when = grantCondition(card);
  if (when === undefined) return card;
  const isSuggested = (card.approvals ?? 0) >= SUGGESTED_AFTER;
  return { ...card, grant: { when, covers: card.causes, isSuggested } };
}

/**
 * What an approval for longer than once records besides the answer. It belongs to the same record: either both are kept
 * or none.
 * @throws LoopdError `not-allowed` where nothing narrower than the whole tool could be granted; `invalid-params`.
 */
export function grantDrafts(card: CardRow, { scope, holdsFor, by }: Word, now: Date): EntryDraft[] {
  if (scope === "once") {
    if (holdsFor === undefined) return [];
    const hint = "add --scope session or always, or leave --for out";
    throw new LoopdError("invalid-params", `${card.approvalId}: an approval for once has no end to set; ${hint}.`);
  }
  const expiresAt = holdsFor === undefined ? undefined : now.getTime() + periodMs(holdsFor);
  const rule = grantOf(card, scope, { by, at: now.toISOString(), expiresAt });
  if (rule === undefined) {
    const words = `What ${card.approvalId} asks for can only be approved once: there is nothing by which to know it again.`;
    throw new LoopdError("not-allowed", `${words} Approve it with --scope once, or write a rule: loopd rules add`);
  }
  return [{ kind: "rule.added", session: scope === "session" ? card.session : HOME_SESSION, data: { rule } }];
}

/**
 * Grants for longer what a person had approved once.
 * @throws LoopdError `unknown-card`, `ambiguous-id`, `not-allowed`.
 */
export function addGrant(store: Store, hub: Hub, { cardId, ...word }: ParsedParamsOf<"grant.add">): { rule: Rule } {
  const card = store.cards.find(cardId);
  const { approvalId: id, type, state } = card;
  if (type !== "approval" || state !== "approved") {
    const hint = state === "pending" ? `Approve it with: loopd approvals approve ${id} --scope ${word.scope}` : "";
    const what = type === "approval" ? `this one is ${state}` : `${id} is a ${type}`;
    throw new LoopdError("not-allowed", `Only an approval that was given can become a grant; ${what}. ${hint}`.trim());
  }
  hub.record(grantDrafts(card, word, new Date()));
  const rule = store.grants.all().find((one) => one.id === `grant-${id}`);
  if (rule === undefined) throw new LoopdError("internal", `The grant of ${id} was recorded and cannot be found.`);
  return { rule };
}
