import { grantCondition, grantOf, wholeAppGrant, wholeAppOf } from "../src/agent/policy/grant-offer.ts";
import { SCREEN_TOOLS } from "../src/agent/policy/screen-calls.ts";
import { isGranted, uncovered } from "../src/agent/policy/standing-word.ts";
import type { GrantReach } from "../src/protocol/card-answer.ts";
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
  reach: GrantReach;
  by: string;
}

/**
 * A card with what an approval for longer would allow, from its real values, and with the grant that would have answered
 * but for what it does not cover; as it is where it can be approved only once.
 */
export function withGrant(card: CardRow, store: Store): CardRow {
  const when = grantCondition(card);
  const isSuggested = (card.approvals ?? 0) >= SUGGESTED_AFTER;
  return {
    ...card,
    grant: when && { when, covers: card.causes, isSuggested },
    appGrant: SCREEN_TOOLS.includes(card.tool) ? wholeAppOf(card, store.taints.atCard(card.approvalId)) : undefined,
    shortGrant: card.state === "pending" ? shortGrant(card, store) : undefined,
  };
}

/** A person who said "for this session" and is asked again wants to know why. The newest such grant. */
function shortGrant(card: CardRow, store: Store): CardRow["shortGrant"] {
  const { session, callId, tool: name, arguments: values, effect = "exec", facts, causes } = card;
  if (facts === undefined || causes.length === 0) return undefined;
  const call = { callId, name, arguments: values, effect };
  const origin = "user" as const;
  const around = { session, origin, overrides: {}, taints: [], endpointTrust: "local" as const, now: Date.now() };
  const rule = store.grants.of(session).findLast((one) => isGranted(one, call, facts, around));
  return rule && { id: rule.id, missing: uncovered(rule, causes) };
}

/**
 * What an approval for longer than once records besides the answer. It belongs to the same record: either both are kept
 * or none.
 * @throws LoopdError `not-allowed` where nothing narrower than the whole tool could be granted, or the card is about no
 * application whose windows could be allowed as a whole; `invalid-params`.
 */
export function grantDrafts(
  card: CardRow,
  store: Pick<Store, "taints">,
  { scope, holdsFor, reach, by }: Word,
  now: Date,
): EntryDraft[] {
  if (scope === "once") {
    const setting = holdsFor !== undefined ? "end" : reach === "app" ? "application" : undefined;
    if (setting === undefined) return [];
    const hint = `add --scope session or always, or leave ${setting === "end" ? "--for" : "--reach"} out`;
    throw new LoopdError(
      "invalid-params",
      `${card.approvalId}: an approval for once has no ${setting} to set; ${hint}.`,
    );
  }
  const expiresAt = holdsFor === undefined ? undefined : now.getTime() + periodMs(holdsFor);
  const word = { by, at: now.toISOString(), expiresAt };
  const rule =
    reach === "app"
      ? wholeAppGrant(card, store.taints.atCard(card.approvalId), scope, word)
      : grantOf(card, scope, word);
  if (rule === undefined) throw new LoopdError("not-allowed", narrowWords(card, reach));
  return [{ kind: "rule.added", session: scope === "session" ? card.session : HOME_SESSION, data: { rule } }];
}

function narrowWords(card: CardRow, reach: GrantReach): string {
  const { approvalId, causes } = card;
  if (causes.some(({ type }) => type === "secure-field"))
    return `What ${approvalId} asks for can only be approved once: it puts text into a secret field, which no grant and no rule covers. Approve it with --scope once.`;
  if (reach === "app") {
    const words = `What ${approvalId} asks for is not about a window of an application that could be allowed as a whole`;
    return `${words} (terminals and loopd's own faces never are). Approve it without --reach app.`;
  }
  const words = `What ${approvalId} asks for can only be approved once: there is nothing by which to know it again.`;
  return `${words} Approve it with --scope once, or write a rule: loopd rules add`;
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
  hub.record(grantDrafts(card, store, word, new Date()));
  const rule = store.grants.all().find((one) => one.id === `grant-${id}`);
  if (rule === undefined) throw new LoopdError("internal", `The grant of ${id} was recorded and cannot be found.`);
  return { rule };
}
