import { plainLine } from "../visible-text.ts";
import { BodyTrouble } from "./page-body.ts";

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "There is no such host, or this machine is offline.",
  EAI_AGAIN: "The name could not be looked up; this machine may be offline.",
  ECONNREFUSED: "Nothing answers at that address and port.",
  ECONNRESET: "The server broke the connection off.",
  EPIPE: "The server broke the connection off.",
  UND_ERR_SOCKET: "The server broke the connection off.",
  EHOSTUNREACH: "The host cannot be reached from this machine.",
  ENETUNREACH: "The host cannot be reached from this machine.",
  ETIMEDOUT: "It did not answer in time.",
  UND_ERR_CONNECT_TIMEOUT: "It did not answer in time.",
  UND_ERR_HEADERS_TIMEOUT: "It did not answer in time.",
  UND_ERR_BODY_TIMEOUT: "The page began to arrive and then stopped.",
  UND_ERR_HEADERS_OVERFLOW: "Its headers are larger than 64 KiB.",
  CERT_HAS_EXPIRED: "Its certificate has expired, so the connection was not trusted.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "Its certificate is signed by itself, so the connection was not trusted.",
  SELF_SIGNED_CERT_IN_CHAIN: "Its certificate is not signed by anybody known, so the connection was not trusted.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "Its certificate is not signed by anybody known, so the connection was not trusted.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Its certificate is for another host, so the connection was not trusted.",
};

/** Words for a failed request, from what the network said. */
export function networkWords(thrown: unknown): string {
  if (thrown instanceof BodyTrouble) return thrown.message;
  const code = codeOf(thrown);
  const known = code === undefined ? undefined : WORDS[code];
  if (known !== undefined) return `${known} (${code})`;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return `The request failed: ${plainLine(message, 200)}.`;
}

/** The code of an error, or of the first one of several attempts to connect. */
function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0]);
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  return typeof code === "string" ? code : cause instanceof Error ? codeOf(cause) : undefined;
}
