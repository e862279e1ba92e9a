import { UNSAVED_PREFIX } from "../../src/protocol/config.ts";
import {
  type Asked,
  badResponse,
  EndpointFailed,
  type EndpointFailure,
  lookingAdvice,
  mendingAdvice,
  shownUrl,
} from "./endpoint-failure.ts";

/** What fetch says of ports that its standard forbids, such as those of mail and remote shells. */
const BAD_PORT = "bad port";

/** Error codes of Node, OpenSSL and undici along a chain of causes, outermost first; names where there is no code. */
function codesOf(thrown: unknown): string[] {
  const codes: string[] = [];
  const seen = new Set<unknown>();
  for (let error = thrown; typeof error === "object" && error !== null && !seen.has(error);) {
    seen.add(error);
    const { code, name, message, cause, errors } = error as Partial<NodeJS.ErrnoException> & { errors?: unknown };
    const known = code ?? (message === BAD_PORT ? BAD_PORT : name);
    if (typeof known === "string") codes.push(known);
    error = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return codes;
}

/**
 * A failure without an HTTP status: no connection, no name, no trust, or a connection that broke.
 * `hasBegun`: response headers had arrived, so it was cut rather than refused.
 */
export function failureOfNetwork(asked: Asked, thrown: unknown, hasBegun: boolean): EndpointFailure {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof EndpointFailed) return error.failure;
  }
  const where = shownUrl(asked.url);
  const has = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  const codes = codesOf(thrown);
  const unreachable = (sentence: string, isRetryable: boolean): EndpointFailure => ({
    code: "endpoint-unreachable",
    message: sentence,
    isRetryable,
  });
  if (has(/^(UND_ERR_RES_EXCEEDED_MAX_SIZE|ANSWER_TOO_LARGE)$/))
    return badResponse(asked, "sent more than any answer can hold", false);
  if (has(/^HPE_|^HTTPParserError$|^UND_ERR_HEADERS_OVERFLOW$/))
    return badResponse(asked, "does not answer in HTTP", hasBegun);
  if (hasBegun) return badResponse(asked, "broke the connection off in the middle of the answer", true);
  if (codes.includes(BAD_PORT)) {
    const advice = `Is the model server running on another port? ${mendingAdvice(asked.name, "--url URL")}`;
    return unreachable(
      `The port in ${where} is refused: the web's standard keeps it for other services. ${advice}`,
      false,
    );
  }
  if (has(/^ECONNREFUSED$/)) {
    const advice = `Is the model server running? Start it, or is the address wrong? ${lookingAdvice(asked.name)}`;
    return unreachable(`Nothing listens at ${where} (connection refused). ${advice}`, true);
  }
  if (has(/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/)) {
    const advice =
      "Check that the machine is on and in this network. On macOS, also allow loopd (shown as node) in System Settings → " +
      "Privacy & Security → Local Network: without it macOS refuses such connections without asking.";
    return unreachable(`${where} cannot be reached from here (${codes.at(-1)}). ${advice}`, true);
  }
  if (has(/^(ENOTFOUND|EAI_AGAIN)$/)) {
    const advice = `Check the network and the address. ${mendingAdvice(asked.name, "--url URL")}`;
    return unreachable(`The name in ${where} cannot be resolved. ${advice}`, true);
  }
  if (has(/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS/)) {
    const advice =
      `If it is your organisation's own, name the file that holds its certificate authority: ${authorityFlag(asked.name)}. ` +
      "Otherwise mend the server's certificate.";
    return unreachable(`The certificate of ${where} is not trusted (${codes.at(-1)}). ${advice}`, false);
  }
  if (has(/^(ERR_SSL_|EPROTO)/)) {
    return unreachable(
      `${where} does not speak TLS; perhaps it speaks plain HTTP. ${mendingAdvice(asked.name, "--url http://…")}`,
      false,
    );
  }
  const detail = codes.at(-1) ?? "no reason given";
  return unreachable(
    `The connection to ${where} broke before an answer came (${detail}). Is a model server running there? ${lookingAdvice(asked.name)}`,
    true,
  );
}

function authorityFlag(name: string): string {
  return name.startsWith(UNSAVED_PREFIX) ? "LOOPD_ENDPOINT_CA=FILE" : `loopd endpoints set ${name} --ca FILE`;
}
