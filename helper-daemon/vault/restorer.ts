import { mapText, type Whose } from "./map-text.ts";
import { ENCODED_PLACEHOLDER, PLACEHOLDER, tokenOf } from "./placeholder.ts";

const EITHER = new RegExp(`${PLACEHOLDER.source}|${ENCODED_PLACEHOLDER.source}`, "gi");

/** What a token stands for, in words; undefined for one that is none of ours. */
export type Resolve = (token: string) => string | undefined;

/** Puts real values in the place of placeholders. */
export interface Restorer {
  text(text: string): string;
  json<T>(value: T, whose: Whose): T;
  /** The same for a text that may be one document of JSON: then it stays one, whatever its values hold. */
  answer(text: string): string;
}

/**
 * A restorer that lets texts grow by at most so many characters in all: a placeholder takes twenty, its value may take
 * thousands, and whoever repeats it must fill neither a frame nor the memory. What is beyond stays a placeholder.
 */
export function createRestorer(
  resolve: Resolve,
  roomCharacters: number,
  onUse: (token: string) => void = () => {},
): Restorer {
  let room = roomCharacters;
  const restored = (found: string, token: string, spell: (value: string) => string): string => {
    const value = resolve(token);
    const spelled = value === undefined ? undefined : spell(value);
    if (spelled === undefined || spelled.length - found.length > room) return found;
    room -= Math.max(0, spelled.length - found.length);
    onUse(token);
    return spelled;
  };
  const plain = (found: string) => restored(found, tokenOf(found), (value) => value);
  // What a model writes into an address is there as addresses are written, and so must the value be.
  const encoded = (found: string) => restored(found, tokenOf(decodeURIComponent(found)), inAddress);
  // In one pass, since a value may look like a placeholder itself.
  const text = (one: string): string =>
    one.includes("<") || one.includes("%3")
      ? one.replace(EITHER, (found) => (found.startsWith("<") ? plain(found) : encoded(found)))
      : one;
  const inJson = (found: string) => restored(found, tokenOf(found), (value) => JSON.stringify(value).slice(1, -1));
  return {
    text,
    json: (value, whose) => mapText(value, { text }, whose),
    answer: (one) => (one.includes("<") && isJson(one) ? one.replace(PLACEHOLDER, inJson) : text(one)),
  };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) !== "number";
  } catch {
    return false;
  }
}

function inAddress(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}
