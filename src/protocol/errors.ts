/**
 * Every code a `LoopdError` can carry, with the exit code of the command line. Codes are stable: scripts and faces
 * match on them, never on the text. Expected ends of a call (denied, timed out, …) are outcomes, not errors.
 */
const errorCodes = {
  usage: 2,
  "invalid-params": 2,
  "config-invalid": 2,
  "unknown-session": 2,
  "unknown-turn": 2,
  "unknown-card": 2,
  "unknown-endpoint": 2,
  "unknown-tool": 2,
  "unknown-rule": 2,
  "rule-exists": 2,
  "unknown-routine": 2,
  "routine-exists": 2,
  "ambiguous-id": 2,
  "endpoint-exists": 2,
  "unknown-server": 2,
  "server-exists": 2,
  "unknown-topic": 2,
  "unknown-placeholder": 2,
  "unknown-app": 2,
  "query-refused": 2,
  "prompt-too-large": 2,
  "input-too-long": 1,
  "window-too-small": 1,
  "workspace-missing": 2,
  "card-resolved": 1,
  "turn-finished": 1,
  "turn-open": 1,
  "session-changed": 1,
  "note-changed": 1,
  "not-allowed": 1,
  "nothing-to-compact": 1,
  "compaction-asked": 1,
  "helper-unreachable": 4,
  "helper-outdated": 4,
  "wrong-token": 4,
  "home-unusable": 4,
  "home-path-too-long": 4,
  "store-corrupt": 4,
  "store-newer": 4,
  "store-full": 1,
  "store-busy": 1,
  "store-failed": 1,
  "connection-closed": 4,
  "frame-too-large": 1,
  "protocol-garbage": 1,
  "too-many-requests": 1,
  "unknown-method": 1,
  "screen-failed": 1,
  "output-failed": 1,
  cancelled: 130,
  "endpoint-unreachable": 5,
  "endpoint-unauthorized": 5,
  "endpoint-not-found": 5,
  "endpoint-rejected": 5,
  "endpoint-rate-limited": 5,
  "endpoint-overloaded": 5,
  "endpoint-server-error": 5,
  "endpoint-timed-out": 5,
  "endpoint-bad-response": 5,
  "endpoint-context-overflow": 5,
  "endpoint-gone": 5,
  "node-missing": 4,
  "mcp-failed": 1,
  "install-failed": 1,
  internal: 1,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorCodes;

/** Whether a string that crossed the socket is one of our codes. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

/** The only error that loopd throws on purpose. The message says what happened and what to do next. */
export class LoopdError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "LoopdError";
    this.code = code;
  }
}

/** Anything thrown, as a LoopdError: itself if it is one, else `internal` with the original as cause. */
export function asLoopdError(thrown: unknown): LoopdError {
  if (thrown instanceof LoopdError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LoopdError("internal", message, { cause: thrown });
}

/** Exit code of the command line for an error code that may come from a newer helper. */
export function exitCodeOf(code: string): number {
  return isErrorCode(code) ? errorCodes[code] : 1;
}
