import type { EpochView, TurnState } from "./transcript.ts";

/** Whether what was said in an epoch can stay as it is where the turn asks. Old traces say nothing of dialects. */
export function isSameModel(
  epoch: Pick<EpochView, "endpoint" | "model" | "dialect"> | undefined,
  { endpoint, model, dialect }: Pick<TurnState, "endpoint" | "model" | "dialect">,
): boolean {
  if (epoch?.endpoint !== endpoint || epoch.model !== model) return false;
  return epoch.dialect === undefined || dialect === undefined || epoch.dialect === dialect;
}
