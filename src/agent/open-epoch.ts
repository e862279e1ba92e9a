import type { EntryData, EntryDraft } from "../protocol/entries.ts";
import { canonicalize } from "./canonical.ts";
import { systemText } from "./context/system-text.ts";
import type { Ports } from "./ports.ts";
import type { TurnState, TurnView } from "./transcript.ts";

/** Why a new epoch opens. */
export type EpochReason = EntryData<"epoch.opened">["reason"];

/** The entry that freezes system text and tool list for the requests to come. */
export function openEpoch(view: TurnView, turn: TurnState, reason: EpochReason, ports: Ports): EntryDraft {
  const system = systemText(view, ports.settings().memoryIndex);
  const tools = [...ports.settings().tools.schemas(turn.overrides.tools)];
  const isSameModel = view.epoch?.endpoint === turn.endpoint && view.epoch.model === turn.model;
  const keeps = isSameModel ? ("all" as const) : ("without-thinking" as const);
  const hash = ports.digest(canonicalize({ tools, system }));
  const { endpoint, model, takesImages } = turn;
  const data = { reason, endpoint, model, takesImages, system, tools, hash, keeps, carries: [] };
  return { kind: "epoch.opened", session: view.session, turn: turn.turn, data };
}
