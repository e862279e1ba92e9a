import type { Span } from "./detector.ts";

const LOCAL = /[A-Za-z0-9.!#$&'*+/=?^_`{|}~%-]/;
const DOMAIN = /[A-Za-z0-9.-]/;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;
/** Signs that a local part may hold, but that stand around an address far more often. */
const AROUND = /^(?:%(?:3[adf]|2[0267cf]|5b|7b)|[^\p{L}\p{N}_+%])+/iu;

/** E-mail addresses, also such with a name in quotes. */
export function findEmails(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const span = addressAround(text, at, at + 1);
    if (span !== undefined) spans.push(span);
  }
  return spans;
}

function addressAround(text: string, at: number, after: number): Span | undefined {
  let start = at;
  while (start > 0 && at - start < LONGEST_LOCAL && isPart(LOCAL, text[start - 1])) start -= 1;
  start = start === at ? quotedStart(text, at) : localStart(text, start, at);
  if (start === at) return undefined;
  let end = after;
  while (end < text.length && end - after < LONGEST_DOMAIN && isPart(DOMAIN, text[end])) end += 1;
  const domain =
    /^(?:[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?\.)+(?:xn--[a-z0-9-]{2,59}|[\p{L}\p{M}]{2,63})/iu.exec(
      text.slice(after, end),
    )?.[0];
  if (domain === undefined) return undefined;
  const local = text.slice(start, at);
  // What stands before the host of a URL is a password; git@host:path is a program's address, icon@2x.png a file, name@1.2.3-beta.x a version.
  if (/:\/\/[^\s/@]{0,128}:$/.test(text.slice(Math.max(0, start - 132), start))) return undefined;
  if (local === "git" && /[:/]/.test(text[after + domain.length] ?? "")) return undefined;
  if (/^\d+(?:\.\d+)?x\.\w+$/.test(domain) || /^\d+\.\d+\./.test(domain)) return undefined;
  return { start, end: after + domain.length, kind: "email" };
}

/** Where a name in quotes begins that ends at a place: `"alice liddell"@example.com`. */
function quotedStart(text: string, at: number): number {
  const quoted = /\\?"[^"\n\\]{1,64}\\?"$/.exec(text.slice(Math.max(0, at - LONGEST_LOCAL - 4), at));
  return quoted === null ? at : at - quoted[0].length;
}

/** Without what stands before the address: signs, `\n` of JSON, and everything up to the last `/`, `=` or `'`. */
function localStart(text: string, start: number, at: number): number {
  const local = text.slice(start, at);
  const separator = Math.max(
    ...["/", "=", "'", "`", "?", "&", "|", "{", "}", "$", "*", "#", "!", "^"].map((one) => local.lastIndexOf(one)),
  );
  let first = start + separator + 1;
  first += AROUND.exec(text.slice(first, at))?.[0].length ?? 0;
  const isEscape = first > 0 && text[first - 1] === "\\" && /[nrtbf]/.test(text[first] ?? "");
  return isEscape && first + 1 < at ? first + 1 : first;
}

function isPart(plain: RegExp, one: string | undefined): boolean {
  return one !== undefined && (plain.test(one) || (one > "\u007f" && LETTER.test(one)));
}
