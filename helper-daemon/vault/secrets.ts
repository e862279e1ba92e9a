import type { Span } from "./detector.ts";
import { findKeys } from "./keys.ts";
import { findPrivateKeys } from "./private-keys.ts";

const HEADER = /\b(?:bearer|basic)[ \t]+([A-Za-z0-9_\-.~+/=]{12,4096})/gi;
const COOKIE = /\bcookie["']?[ \t]{0,3}:[ \t]{0,3}["']?([^\n"']{8,4096})/gi;
const COOKIE_VALUE = /=([^;,\s]{12,4096})/g;
/** Signatures in addresses, with which everybody may do what the signer may. */
const SIGNATURE =
  /[?&](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token))=([^&\s"'<>]{16,4096})/gi;
/** `<password>…</password>`, `key="Password" value="…"`, `password …` of a table or of `.netrc`. */
const IN_MARKUP = /<[\w:.-]{0,40}(?:password|passwd|secret|token|api[_-]?key)[\w.-]{0,24}>([^<\s]{6,512})<\//gi;
const IN_ATTRIBUTE =
  /(?:key|name)=["'][\w:.-]{0,40}(?:password|passwd|secret|token|api[_-]?key)[\w.-]{0,24}["'][ \t]{1,8}value=["']([^"'\n]{6,512})["']/gi;
const IN_COLUMN = /(?:password|passwd|kennwort|passwort)[ \t|]{1,20}([^\s|"'`,;<>(){}[\]]{8,128})/gi;
/** Password of `scheme://user:password@host`. */
const IN_URL = /:\/\/[^\s/:@"'<>]{0,128}:([^\s/@"'<>]{3,256})@/g;
const NAMED =
  /(pass(?:word|wd|phrase|code)|pwd|kennwort|passwort|contrase[\u00f1n]a|mot de passe|senha|wachtwoord|has[\u0142l]o|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u30d1\u30b9\u30ef\u30fc\u30c9|(?<![a-z])pw(?![a-z])|secret|token|api[_-]?key|(?:access|private|auth|account|signing|encryption|secret)[_-]?key|credentials?)[\w-]{0,24}\\?["'`]?\]?[ \t]{0,3}(?:=>|:=|={1,2}|:|\bis\b|\bwas\b|\bist\b|[ \t](?<=--[\w-]{3,40}[ \t]))[ \t]{0,3}(?:\\?(["'`])((?:(?!\\?\2)[^\n]){4,256})\\?\2|([^\s"'`,;<>{}()[\]\\]{4,512}))/gi;
const NAME =
  /pass(?:word|wd|phrase|code)|pwd|kennwort|passwort|contrase[\u00f1n]a|mot de passe|senha|wachtwoord|has[\u0142l]o|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u30d1\u30b9\u30ef\u30fc\u30c9|secret|token|api[_-]?key|(?:access|private|auth|account|signing|encryption)[_-]?key|credential/i;
const PASSWORD =
  /pass|pwd|kennwort|contrase|senha|wachtwoord|has[\u0142l]o|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u30d1\u30b9\u30ef\u30fc\u30c9|^pw$/i;
/** Words that stand where a secret could, but are none. */
const NOT_SECRET =
  /^(?:null|none|nil|undefined|true|false|yes|no|string|number|boolean|object|required|optional|empty|missing|invalid|expired|incorrect|wrong|unknown|hidden|redacted|changeme|password|passwort|secret|token|example|placeholder|not|the|too|must|should|never|only|protected|\*+|x+|\.+|-+)$/i;
const VARIABLE =
  /^(?:[$%{<]|process\.env|os\.environ|env\.|import\.meta|self\.|this\.)|\$\{|\{\{|\($|^[\^~>=<v]{0,3}\d+(?:\.\d+)+$/;

/** Keys, tokens, passwords and private keys. */
export function findSecrets(text: string): Span[] {
  const spans = [...findKeys(text), ...findPrivateKeys(text)];
  for (const match of text.matchAll(HEADER)) addGroup(spans, match, match[1], isRandomText);
  if (text.includes("://")) for (const match of text.matchAll(IN_URL)) addGroup(spans, match, match[1], isGiven);
  if (/cookie/i.test(text)) {
    for (const cookie of text.matchAll(COOKIE)) {
      const [whole, line = ""] = cookie;
      const at = cookie.index + whole.length - line.length;
      for (const match of line.matchAll(COOKIE_VALUE)) {
        const [all, value = ""] = match;
        const start = at + match.index + all.length - value.length;
        if (isRandomText(value)) spans.push({ start, end: start + value.length, kind: "secret" });
      }
    }
  }
  for (const match of text.matchAll(SIGNATURE)) addGroup(spans, match, match[1], isRandomText);
  for (const match of text.matchAll(IN_MARKUP)) addGroup(spans, match, match[1], isMixed);
  for (const match of text.matchAll(IN_ATTRIBUTE)) addGroup(spans, match, match[1], isMixed);
  for (const match of text.matchAll(IN_COLUMN)) addGroup(spans, match, match[1], isMixed);
  for (const match of text.matchAll(NAMED)) {
    const [whole, name = "", quote, quoted, bare] = match;
    const value = quote === undefined ? (bare ?? "").replace(/[.,;:?]+$/, "") : (quoted ?? "");
    if (!isSecret(name, value, quote === undefined ? "bare" : "quoted")) continue;
    const start = match.index + whole.lastIndexOf(value);
    spans.push({ start, end: start + value.length, kind: "secret" });
  }
  return spans;
}

/** Whether a value under a key is a secret, because the key says so and the value could be one. */
export function isSecretUnder(key: string, value: string): boolean {
  const name = NAME.exec(key)?.[0];
  return name !== undefined && isSecret(name, value, "quoted");
}

function addGroup(
  spans: Span[],
  match: RegExpExecArray,
  value: string | undefined,
  fits: (value: string) => boolean,
): void {
  if (value === undefined || !fits(value)) return;
  const start = match.index + match[0].lastIndexOf(value);
  spans.push({ start, end: start + value.length, kind: "secret" });
}

function isGiven(value: string): boolean {
  return !VARIABLE.test(value) && !NOT_SECRET.test(value);
}

function isMixed(value: string): boolean {
  return isGiven(value) && /\d/.test(value) && /\p{L}/u.test(value) && !/^[\w.-]+\/[\w./-]*\.[a-z]{1,4}$/.test(value);
}

function isRandomText(value: string): boolean {
  return isGiven(value) && (/\d/.test(value) || entropy(value) > 3.5) && entropy(value) > 2.5;
}

function isSecret(name: string, value: string, how: "quoted" | "bare"): boolean {
  if (!isGiven(value) || value.length < 6 || value.length > 512) return false;
  const isPassword = PASSWORD.test(name);
  const hasDigit = /\d/.test(value);
  const hasLetter = /[A-Za-z]/.test(value);
  const hasSign = /[^\w\s./-]/.test(value);
  if (/\s/.test(value)) return how === "quoted" && isPassword && hasDigit && value.length <= 64;
  if (isPassword) {
    const hasKinds = (hasDigit && (hasLetter || hasSign)) || (hasLetter && hasSign) || /^\d{6,}$/.test(value);
    return hasKinds || (how === "quoted" && !value.includes("."));
  }
  if (/^[\d.:,\-/TZ]+$/.test(value)) return false;
  return (
    value.length >= 8 &&
    hasDigit &&
    hasLetter &&
    entropy(value) >= 2.75 &&
    !/^[\w.-]+\/[\w./-]*\.[a-z]{1,4}$/.test(value)
  );
}

/** Bits per character, by how often each occurs. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const one of text) counts.set(one, (counts.get(one) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
