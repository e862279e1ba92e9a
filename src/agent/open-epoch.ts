import type { EntryData, EntryDraft } from "../protocol/entries.ts";
import { canonicalize } from "./canonical.ts";
import { frozenBy } from "./context/frozen.ts";
import { seenWindow } from "./context/seen-window.ts";
import { joined } from "./policy/sources.ts";
import type { Ports } from "./ports.ts";
import { isSameModel } from "./same-model.ts";
import type { TurnState, TurnView } from "./transcript.ts";

/** Why a new epoch opens. */
export type EpochReason = EntryData<"epoch.opened">["reason"];

/** What an epoch says of the messages before it, beside how they are kept. */
export type EpochMessages = Pick<
  EntryData<"epoch.opened">,
  "keepsFrom" | "stubs" | "carries" | "summary" | "unsummarised" | "tokensBefore" | "tokensAfter" | "spent"
>;

/** The entry that freezes system text and tool list for the requests to come. `turn`: the newest one, open or not. */
export function openEpoch(
  view: TurnView,
  turn: TurnState,
  reason: EpochReason,
  ports: Ports,
  messages: EpochMessages = { carries: [] },
): EntryDraft {
  const settings = ports.settings();
  const { redaction } = settings;
  const { system, memoryBytes, tools } = frozenBy(view, turn, settings);
  // Signed thinking can only stay as it is, so what must not be said any more goes as a whole.
  const kept =
    isSameModel(view.epoch, turn) && view.epoch?.redaction === redaction?.fingerprint
      ? ("all" as const)
      : ("without-thinking" as const);
  const keeps = reason === "cleared" ? undefined : kept;
  const hash = ports.digest(canonicalize({ tools, system }));
  const { endpoint, model, takesImages, dialect, address } = turn;
  const notes = memoryBytes === 0 ? {} : { memoryBytes };
  const frozen = { system, ...notes, tools, hash, redaction: redaction?.fingerprint };
  const names = tools.map(({ name }) => name);
  const taints = joined(settings.memoryTaints ?? [], settings.tools.sourcesOf?.(names) ?? []);
  const quoted = taints.length === 0 ? {} : { taints };
  const data = {
    reason,
    endpoint,
    model,
    takesImages,
    dialect,
    address,
    ...frozen,
    ...quoted,
    keeps,
    ...messages,
    ...seenWindow(turn, settings),
  };
  return { kind: "epoch.opened", session: view.session, turn: openTurn(turn), data };
}

/** The turn that entries belong to; undefined where none is open. */
export function openTurn({ turn, finish }: TurnState): string | undefined {
  return finish === undefined ? turn : undefined;
}

/** The turn for which a model is asked now: the open one; while none is, the last one, as whoever was asked last. */
export function askingTurn({ epoch, turn }: Pick<TurnView, "epoch" | "turn">): TurnState | undefined {
  if (epoch === undefined || turn?.finish === undefined) return turn;
  const { endpoint, model, takesImages, dialect, address } = epoch;
  return { ...turn, endpoint, model, takesImages, dialect, address };
}
