import { mapText, type Whose } from "./map-text.ts";
import { PLACEHOLDER, tokenOf } from "./placeholder.ts";

/** What a token stands for, in words; undefined for one that is none of ours. */
export type Resolve = (token: string) => string | undefined;

/** Puts real values in the place of placeholders. */
export interface Restorer {
  text(text: string): string;
  json<T>(value: T, whose: Whose): T;
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
  const text = (one: string): string => {
    if (!one.includes("<")) return one;
    return one.replace(PLACEHOLDER, (placeholder) => {
      const token = tokenOf(placeholder);
      const value = resolve(token);
      if (value === undefined || value.length - placeholder.length > room) return placeholder;
      room -= Math.max(0, value.length - placeholder.length);
      onUse(token);
      return value;
    });
  };
  return { text, json: (value, whose) => mapText(value, { text }, whose) };
}
