import { isErrorCode, LoopdError } from "./errors.ts";

/** JSON-RPC 2.0 demands a number; ours says only "a LoopdError, see data.code". */
const RPC_CODE = -32000;

/** A LoopdError as the `error` member of a JSON-RPC answer. */
export function rpcErrorOf({ code, message }: LoopdError): object {
  return { code: RPC_CODE, message, data: { code } };
}

/** The LoopdError behind an `error` member; whatever the other side made of it, an error comes out. */
export function errorOf(error: unknown): LoopdError {
  const { message, data } = (error ?? {}) as { message?: unknown; data?: { code?: unknown } };
  const code = typeof data?.code === "string" && isErrorCode(data.code) ? data.code : "internal";
  return new LoopdError(
    code,
    typeof message === "string" ? message : "The other side reported an error without words.",
  );
}
