import { LoopdError } from "../../protocol/errors.ts";
import { oneLineOf } from "./server-log.ts";

const MAX_CHARACTERS = 500;

/** What went wrong with a server, as a sentence for people and models. */
export function failureWords(thrown: unknown): string {
  if (thrown instanceof LoopdError) return thrown.message;
  if (!(thrown instanceof Error)) return oneLineOf(String(thrown), MAX_CHARACTERS);
  if (isMalformed(thrown)) return "Its answer is malformed.";
  const network = networkCodeOf(thrown);
  if (network !== undefined) return `It cannot be reached (${oneLineOf(network, 100)}).`;
  const words = oneLineOf(thrown.message.replace(/^MCP error (-?\d+): (?:MCP error -?\d+: )?/, ""), MAX_CHARACTERS);
  const status = httpStatusOf(thrown);
  if (status === 401 || status === 403) {
    return `It refuses the request with HTTP ${status}: look at the headers in its configuration. ${words}`;
  }
  const hint = status === 404 || status === 405 ? ' An older server may need "type": "sse".' : "";
  return `${words}${/[.!?]$/.test(words) ? "" : "."}${hint}`;
}

/** Status with which a server refused a request, so that nothing came of it; undefined for every other failure. */
export function httpStatusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !thrown.message.startsWith("Streamable HTTP error")) return undefined;
  const { code } = thrown as { code?: unknown };
  return typeof code === "number" && code >= 400 ? code : undefined;
}

/** What the network said where a server could not be reached or broke off; undefined for every other failure. */
export function networkCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof TypeError) || !/fetch failed|terminated/.test(thrown.message)) return undefined;
  const { code, message } = (thrown.cause ?? {}) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? thrown.message);
}

function isMalformed(error: Error): boolean {
  return error.name === "ZodError" || error.name === "$ZodError";
}
