import { isWordAt, type Span } from "./detector.ts";

const BEGINNINGS = [
  // Models
  "sk-|gsk_|xai-|r8_|hf_|nvapi-|pplx-",
  // Code and packages
  "gh[opusr]_|github_pat_|gl(?:pat|dt|rt|ptt|ft|cbt|soat|imt|agent)-|npm_|pypi-|dckr_pat_|rubygems_|ATATT3|sgp_",
  // Clouds and machines
  "dop_v1_|ya29\\.|AIza|GOCSPX-|hv[sbr]\\.|tskey-|ops_|dp\\.(?:pt|st|ct|sa|scim|audit)\\.|pscale_(?:tkn|pw)_|sbp_|sb_secret_|PMAK-|glsa_|glc_|sntry[su]_|rnd_",
  // Money and messages
  "[srp]k_(?:live|test)_|whsec_|shp(?:at|ss|ca|pa)_|sq0[a-z]{3}-|xox[a-z]-|xapp-|SG\\.|key-[0-9a-f]{8}|xkeysib-|lin_api_|ntn_|figd_",
];
/** Keys and tokens that say by their beginning what they are. */
const PREFIXED = new RegExp(`(?:${BEGINNINGS.join("|")})[A-Za-z0-9_\\-.]{12,512}`, "g");
/** Such of one exact shape. */
const SHAPED = [
  /(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA)[A-Z0-9]{16}(?![A-Z0-9])/g,
  /(?:SK|dapi)[0-9a-f]{32}(?![0-9a-zA-Z])/g,
  /AGE-SECRET-KEY-1[A-Z0-9]{40,80}/g,
  /\d{8,10}:AA[A-Za-z0-9_-]{33}/g,
  /1\/\/0[A-Za-z0-9_-]{30,200}/g,
  /(?:hooks\.slack\.com\/(?:services|workflows)|discord(?:app)?\.com\/api\/webhooks|outlook\.office\.com\/webhook)\/[A-Za-z0-9_\-/]{20,200}/g,
];
const RUN = /[A-Za-z0-9_-]+/g;
const REST = /\.[A-Za-z0-9_-]{6,8192}(?:\.[A-Za-z0-9_-]{0,4096}){0,3}/y;

/** Keys and tokens of the usual vendors, and JSON web tokens. */
export function findKeys(text: string): Span[] {
  const spans = webTokens(text);
  for (const { 0: found, index } of text.matchAll(PREFIXED)) {
    const value = found.replace(/[.\-_]+$/, "");
    const isRandom = /\d/.test(value.slice(4)) || /[A-Z]/.test(value.slice(4));
    if (!isWordAt(text, index - 1) && isRandom) spans.push({ start: index, end: index + value.length, kind: "secret" });
  }
  for (const shape of SHAPED) {
    for (const { 0: found, index } of text.matchAll(shape))
      if (!isWordAt(text, index - 1)) spans.push({ start: index, end: index + found.length, kind: "secret" });
  }
  return spans;
}

/** Run by run, since a pattern that begins anew at every `eyJ` of a long run would take for ever. */
function webTokens(text: string): Span[] {
  const spans: Span[] = [];
  if (!text.includes("eyJ")) return spans;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const end = index + run.length;
    const first = text[end] === "." ? /(?<![A-Za-z0-9])eyJ/.exec(run)?.index : undefined;
    if (first === undefined || run.length - first < 9) continue;
    REST.lastIndex = end;
    const rest = REST.exec(text)?.[0];
    if (rest !== undefined) spans.push({ start: index + first, end: end + rest.length, kind: "secret" });
  }
  return spans;
}
