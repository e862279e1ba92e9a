import type { SeenWindow } from "../../protocol/model-entries.ts";
import type { Settings } from "../ports.ts";
import type { TurnState } from "../transcript.ts";

/** The window by which is decided now, for the entry that says what was decided; nothing where nobody knows of one. */
export function seenWindow(
  { endpoint, model }: Pick<TurnState, "endpoint" | "model">,
  settings: Settings,
): { window?: SeenWindow } {
  const known = settings.windowOf?.(endpoint, model);
  if (known === undefined) return {};
  const { tokens, source, factor, isCalibrated } = known;
  return { window: { tokens, source, factor, isCalibrated } };
}
