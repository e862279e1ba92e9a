import { isShallow } from "../../src/protocol/shallow-json.ts";
import type { Json } from "../../src/protocol/values.ts";

const SHOWN_CHARACTERS = 300;

/** What a server said about an error: its words and, where it gave one, its type. */
export interface ServerWords {
  text: string;
  type?: string;
  /** Its word for what happened, such as `rate_limit_exceeded`. */
  code?: string;
  /** HTTP status that the body itself names, as llama.cpp does. */
  status?: number;
  /** It is a page for people. */
  isPage?: boolean;
  /** Tokens of the window that the body itself names, as llama.cpp does. */
  window?: number;
}

/** Finds the words in an error body of whatever shape: Anthropic's, OpenAI's, `{detail}`, plain text or an HTML page. */
export function serverWords(body: unknown): ServerWords {
  if (typeof body === "string") return isPage(body) ? { text: titleOf(body), isPage: true } : { text: body };
  if (typeof body !== "object" || body === null) return { text: "" };
  const outer = body as Record<string, unknown>;
  const inner = typeof outer["error"] === "object" && outer["error"] !== null ? outer["error"] : outer;
  const { type, message, code, detail, n_ctx: window } = inner as Record<string, unknown>;
  const text = [message, detail, outer["error"], outer["message"]].find((value) => typeof value === "string");
  const hasStatus = typeof code === "number" && code >= 400 && code <= 599;
  return {
    // Text of a value nested thousands deep would overflow the stack.
    text: typeof text === "string" ? text : isShallow(body as Json) ? JSON.stringify(body) : "",
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof code === "string" ? { code } : {}),
    ...(hasStatus ? { status: code } : {}),
    ...(typeof window === "number" ? { window } : {}),
  };
}

function isPage(text: string): boolean {
  return /^\s*<(!doctype|html|\?xml)/i.test(text);
}

function titleOf(page: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(page.slice(0, 10_000))?.[1]?.trim();
  return title === undefined || title === "" ? "an HTML page" : `an HTML page titled ${title}`;
}

/**
 * Words of a stranger, fit to be shown: one line, no control characters, clipped, and without the key should the
 * server have repeated it.
 */
export function quoted(text: string, key: string | undefined): string {
  const withoutKey = key === undefined || key === "" ? text : text.replaceAll(key, "[key]");
  // Exactly the characters that could steer a terminal or reorder a line.
  const line = withoutKey
    .slice(0, SHOWN_CHARACTERS * 4)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, " ")
    .trim();
  if (line.length <= SHOWN_CHARACTERS) return line;
  return `${line.slice(0, SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** ` It said: "…"`, or nothing where the server said nothing. */
export function itSaid(text: string, key: string | undefined): string {
  const words = quoted(text, key);
  return words === "" ? "" : ` It said: "${words}".`;
}

const OVERFLOW = [
  /prompt is too long/i,
  /(exceed|larger than|longer than|over)[^.]{0,40}\b(context|n_ctx)\b/i,
  /\bcontext (size|length|window|limit)\b[^.]{0,60}(exceed|is only|of only|too (small|short)|overflow)/i,
  /maximum context length/i,
  /exceed_context_size/i,
  /context[_ ]length[_ ]exceeded/i,
  /input (length|is too long)/i,
  /too many (input )?tokens/i,
  /tokens to keep from the initial prompt/i,
  /maximum (prompt|model) length/i,
  /exceeds? the maximum number of tokens/i,
];

/** Whether a server's words mean that the conversation does not fit into the model's window. */
export function isContextOverflow(words: ServerWords): boolean {
  const said = [words.text, words.type ?? "", words.code ?? ""];
  return OVERFLOW.some((pattern) => said.some((one) => pattern.test(one)));
}
