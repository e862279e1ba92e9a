import { redactionKindSchema } from "../../src/protocol/config.ts";
import type { SearchHit } from "../../src/protocol/requests.ts";
import type { WordIndex } from "../store/word-index.ts";
import { detectorsOf, findPrivate } from "./find-private.ts";
import { PLACEHOLDER } from "./placeholder.ts";
import type { Redaction } from "./redaction.ts";

/** How many spellings of a query are tried: one value has a placeholder in each session that knows it. */
const MOST_SPELLINGS = 50;
/** A placeholder in which a search has marked words. */
const MARKED = /<(?:\*\*)?[a-z]{4,6}(?:\*\*)?:(?:\*\*)?\d{1,9}(?:\*\*)?:(?:\*\*)?[a-z0-9]+(?:\*\*)?>/g;

/** Search by real values, although the index holds placeholders: the query is asked with those as well. */
export function searchRestored(words: WordIndex, redaction: Redaction, whole: <T>(value: T) => T): WordIndex["search"] {
  return (query, limit) => {
    if (redaction.isUnused()) return words.search(query, limit);
    const found = new Map<number, SearchHit>();
    for (const spelling of spellings(query, redaction.placeholdersOf)) {
      for (const hit of words.search(spelling, limit)) found.set(hit.seq, hit);
    }
    const newest = [...found.values()].sort((a, b) => b.seq - a.seq).slice(0, limit);
    return newest.map((hit) => whole({ ...hit, snippet: joined(hit.snippet) }));
  };
}

/** The query as it is, and with each private value in it as each of its placeholders. */
function spellings(query: string, placeholdersOf: (value: string) => string[]): string[] {
  const all = [query];
  const values = findPrivate(query, detectorsOf(redactionKindSchema.options)).map(({ value }) => value);
  for (const value of new Set([query.trim(), ...values, ...query.trim().split(/\s+/)])) {
    for (const placeholder of placeholdersOf(value)) {
      if (all.length < MOST_SPELLINGS) all.push(query.replace(value, () => ` ${placeholder} `));
    }
  }
  return all;
}

/** Marks around a whole placeholder instead of inside of it. */
function joined(snippet: string): string {
  return snippet.replace(MARKED, (text) => {
    const plain = text.replaceAll("**", "");
    return plain === text || plain.match(PLACEHOLDER) === null ? text : `**${plain}**`;
  });
}
