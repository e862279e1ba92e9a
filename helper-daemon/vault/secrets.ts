import { isWordAt, type Span } from "./detector.ts";

/** Keys and tokens that say by their beginning what they are. */
const PREFIXED =
  /(?:sk-|[srp]k_(?:live|test)_|gh[opusr]_|github_pat_|glpat-|xox[a-z]-|xapp-|npm_|pypi-|hf_|whsec_|shp(?:at|ss|ca)_|dop_v1_|ya29\.|SG\.|AIza|gsk_|xai-|r8_|lin_api_|sq0[a-z]{3}-|key-[0-9a-f]{8})[A-Za-z0-9_\-.]{12,512}|(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}(?![A-Z0-9])|eyJ[A-Za-z0-9_-]{6,4096}\.[A-Za-z0-9_-]{6,8192}(?:\.[A-Za-z0-9_-]{0,4096}){0,3}/g;
const PEM =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]{0,20000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?:\s|\\[nr]|[A-Za-z0-9+/=:,-])*)/g;
const HEADER = /\b(?:bearer|basic)[ \t]+([A-Za-z0-9_\-.~+/=]{12,4096})/gi;
/** Password of `scheme://user:password@host`. */
const IN_URL = /:\/\/[^\s/:@"'<>]{0,128}:([^\s/@"'<>]{3,256})@/g;
const NAMED =
  /(pass(?:word|wd|phrase|code)|pwd|kennwort|passwort|secret|token|api[_-]?key|(?:access|private|auth|account|signing|encryption|secret)[_-]?key|credentials?)[\w-]{0,24}\\?["'`]?\]?[ \t]{0,3}(?:=>|:=|={1,2}|:|\bis\b|\bwas\b|\bist\b|(?<=--[\w-]{3,40})[ \t])[ \t]{0,3}(?:\\?(["'`])((?:(?!\\?\2)[^\n]){4,256})\\?\2|([^\s"'`,;<>{}()[\]\\]{4,512}))/gi;
const NAME =
  /pass(?:word|wd|phrase|code)|pwd|kennwort|passwort|secret|token|api[_-]?key|(?:access|private|auth|account|signing|encryption)[_-]?key|credential/i;
const PASSWORD = /pass|pwd|kennwort/i;
/** Words that stand where a secret could, but are none. */
const NOT_SECRET =
  /^(?:null|none|nil|undefined|true|false|yes|no|string|number|boolean|object|required|optional|empty|missing|invalid|expired|incorrect|wrong|unknown|hidden|redacted|changeme|password|passwort|secret|token|example|placeholder|not|the|too|must|should|never|only|protected|\*+|x+|\.+|-+)$/i;
const VARIABLE =
  /^(?:[$%{<]|process\.env|os\.environ|env\.|import\.meta|self\.|this\.)|\$\{|\{\{|\($|^[\^~>=<v]{0,3}\d+(?:\.\d+)+$/;

/** Keys, tokens, passwords and private keys. */
export function findSecrets(text: string): Span[] {
  const spans: Span[] = [];
  for (const { 0: found, index } of text.matchAll(PREFIXED)) {
    const value = found.replace(/[.\-_]+$/, "");
    const isRandom = /\d/.test(value.slice(4)) || /[A-Z]/.test(value.slice(4));
    if (!isWordAt(text, index - 1) && isRandom) spans.push({ start: index, end: index + value.length, kind: "secret" });
  }
  if (text.includes("PRIVATE KEY-----") || text.includes("KEY BLOCK-----")) {
    for (const { 0: found, index } of text.matchAll(PEM))
      spans.push({ start: index, end: index + found.trimEnd().length, kind: "secret" });
  }
  for (const match of text.matchAll(HEADER)) addGroup(spans, match, match[1], isRandomText);
  if (text.includes("://")) for (const match of text.matchAll(IN_URL)) addGroup(spans, match, match[1], isGiven);
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
    const isMixed = (hasDigit && (hasLetter || hasSign)) || (hasLetter && hasSign) || /^\d{6,}$/.test(value);
    return isMixed || (how === "quoted" && !value.includes("."));
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
