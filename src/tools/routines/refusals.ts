import type { ErrorCode } from "../../protocol/errors.ts";

/** What a model can mend. */
export const ROUTINE_REFUSALS: readonly ErrorCode[] = [
  "invalid-params",
  "unknown-routine",
  "routine-exists",
  "unknown-tool",
  "unknown-endpoint",
  "workspace-missing",
  "not-allowed",
];
