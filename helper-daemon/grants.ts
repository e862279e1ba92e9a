import { grantOf } from "../src/agent/policy/grant-offer.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { CardRow } from "../src/protocol/requests.ts";
import type { GrantScope } from "../src/protocol/values.ts";
import { HOME_SESSION } from "./rules.ts";

/**
 * What an approval for longer than once records besides the answer. It belongs to the same record: either both are kept
 * or none.
 * @throws LoopdError `not-allowed` where nothing narrower than the whole tool could be granted.
 */
export function grantDrafts(card: CardRow, scope: GrantScope, by: string, now: Date): EntryDraft[] {
  if (scope === "once") return [];
  const rule = grantOf(card, scope, { by, at: now.toISOString() });
  if (rule === undefined) {
    const words = `What ${card.approvalId} asks for can only be approved once: there is nothing by which to know it again.`;
    throw new LoopdError("not-allowed", `${words} Approve it with --scope once, or write a rule: loopd rules add`);
  }
  return [{ kind: "rule.added", session: scope === "session" ? card.session : HOME_SESSION, data: { rule } }];
}
