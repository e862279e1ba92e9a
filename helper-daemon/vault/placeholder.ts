import { redactionKindSchema } from "../../src/protocol/config.ts";

/** What a placeholder stands for: a kind that is looked for, or `mark`, a text of the world that looks like a placeholder. */
const KINDS = [...redactionKindSchema.options, "mark"] as const;
export type Kind = (typeof KINDS)[number];

/** How many letters and digits tell the placeholders of one session from those of another. */
export const NONCE_LENGTH = 5;

/**
 * `<email:1:k3f9x>`: kind, number, nonce of the session. Plain ASCII and few tokens, so that models copy it faithfully.
 * Global: `lastIndex` is the caller's business, so use it with `replace`, `matchAll` and `split` only.
 */
export const PLACEHOLDER = new RegExp(`<(?:${KINDS.join("|")}):[1-9]\\d{0,8}:[a-z0-9]{${NONCE_LENGTH}}>`, "g");

const COLON = "(?::|%3A)";
/** The same as an address spells it: `%3Cemail:1:k3f9x%3E`. Global, like the other. */
export const ENCODED_PLACEHOLDER = new RegExp(
  `%3C(?:${KINDS.join("|")})${COLON}[1-9]\\d{0,8}${COLON}[a-z0-9]{${NONCE_LENGTH}}%3E`,
  "gi",
);

/** The placeholder of a token such as `email:1:k3f9x`. */
export function placeholderOf(token: string): string {
  return `<${token}>`;
}

/** The token of a placeholder. */
export function tokenOf(placeholder: string): string {
  return placeholder.slice(1, -1);
}

/** What stands in the place of one whose value is gone; no placeholder any more, so it stays what it is. */
export function lostPlaceholder(token: string, why: "forgotten" | "key lost"): string {
  return `<${token} (${why})>`;
}

const LONGEST_BEGINNING = 32;
const BEGINNING = new RegExp(
  `^<(?:[a-z]{0,6}|(?:${KINDS.join("|")}):(?:[1-9]\\d{0,8}(?::[a-z0-9]{0,${NONCE_LENGTH}})?)?)$`,
);

/** Where a text ends in what may be the beginning of a placeholder; its length where it does not. */
export function openEnd(text: string): number {
  const at = text.lastIndexOf("<");
  const isOpen = at >= 0 && text.length - at <= LONGEST_BEGINNING && BEGINNING.test(text.slice(at));
  return isOpen ? at : text.length;
}
