import type { EpochView, TurnState } from "./transcript.ts";

type Whom = "endpoint" | "model" | "dialect" | "address" | "takesImages";

/** Whether what was said in an epoch can stay as it is where the turn asks. Old traces say nothing of dialects and addresses. */
export function isSameModel(
  epoch: Pick<EpochView, Whom> | undefined,
  { endpoint, model, dialect, address, takesImages }: Pick<TurnState, Whom>,
): boolean {
  if (epoch?.endpoint !== endpoint || epoch.model !== model || epoch.takesImages !== takesImages) return false;
  return isSame(epoch.dialect, dialect) && isSame(epoch.address, address);
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
