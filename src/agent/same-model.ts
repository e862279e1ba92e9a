import type { EpochView, TurnState } from "./transcript.ts";

type Whom = "endpoint" | "model" | "dialect" | "takesImages";

/** Whether what was said in an epoch can stay as it is where the turn asks. Old traces say nothing of dialects. */
export function isSameModel(
  epoch: Pick<EpochView, Whom> | undefined,
  { endpoint, model, dialect, takesImages }: Pick<TurnState, Whom>,
): boolean {
  if (epoch?.endpoint !== endpoint || epoch.model !== model || epoch.takesImages !== takesImages) return false;
  return epoch.dialect === undefined || dialect === undefined || epoch.dialect === dialect;
}
