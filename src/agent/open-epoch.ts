import type { EntryData, EntryDraft } from "../protocol/entries.ts";
import { canonicalize } from "./canonical.ts";
import { systemText } from "./context/system-text.ts";
import { joined } from "./policy/sources.ts";
import type { Ports } from "./ports.ts";
import type { TurnState, TurnView } from "./transcript.ts";

/** Why a new epoch opens. */
export type EpochReason = EntryData<"epoch.opened">["reason"];

/** The entry that freezes system text and tool list for the requests to come. */
export function openEpoch(view: TurnView, turn: TurnState, reason: EpochReason, ports: Ports): EntryDraft {
  const settings = ports.settings();
  const { redaction } = settings;
  const known = systemText(view, settings.memoryIndex, settings.instructions);
  const system = redaction === undefined ? known : `${known}\n${redaction.note}`;
  const tools = [...settings.tools.schemas(turn.overrides.tools)];
  const isSameModel = view.epoch?.endpoint === turn.endpoint && view.epoch.model === turn.model;
  // Signed thinking can only stay as it is, so what must not be said any more goes as a whole.
  const kept = isSameModel && reason !== "redaction" ? ("all" as const) : ("without-thinking" as const);
  const keeps = reason === "cleared" ? undefined : kept;
  const hash = ports.digest(canonicalize({ tools, system }));
  const { endpoint, model, takesImages } = turn;
  const frozen = { system, tools, hash, redaction: redaction?.fingerprint };
  const names = tools.map(({ name }) => name);
  const taints = joined(settings.memoryTaints ?? [], settings.tools.sourcesOf?.(names) ?? []);
  const quoted = taints.length === 0 ? {} : { taints };
  const data = { reason, endpoint, model, takesImages, ...frozen, ...quoted, keeps, carries: [] };
  return { kind: "epoch.opened", session: view.session, turn: turn.turn, data };
}
