import { randomBytes } from "node:crypto";

/** Lower-case letters and digits that are not mistaken for one another when a person copies an id. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A random id: the first letter tells what it names, ten more characters carry 50 bits. */
export function newId(letter: "s" | "t" | "e"): string {
  const length = letter === "e" ? 16 : 10;
  return letter + [...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
