import type { EntryData } from "../../protocol/entries.ts";
import type { Json } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import { wholeWords } from "../cut-text.ts";
import type { CallRecord, CallView } from "../transcript.ts";

const MOST_CHARACTERS = 120;
/** No tool has a longer one; a model may still call for it. */
const MOST_OF_NAME = 64;

/** The record of a call, from its end. */
export function recordOf(call: CallView, { outcome, text, blob, isSideEffectPossible }: EntryData<"tool.finished">) {
  const { wireId, name, effect, decision } = call;
  const bytes = new TextEncoder().encode(text).length;
  const paths = decision?.facts.paths ?? [];
  const hasWritten = effect === "write" && (outcome === "ok" || isSideEffectPossible) && paths.length > 0;
  const known = { name: cutAt(name, MOST_OF_NAME), arguments: shortened(call.unparsed ?? call.arguments) };
  const record: CallRecord = { wireId, ...known, outcome, bytes };
  return { ...record, ...(blob === undefined ? {} : { blob }), ...(hasWritten ? { written: paths } : {}) };
}

function shortened(values: Json): string {
  const text = typeof values === "string" ? values : canonicalize(values);
  return cutAt(text, MOST_CHARACTERS);
}

function cutAt(text: string, most: number): string {
  return text.length <= most ? text : `${wholeWords(text.slice(0, most))}…`;
}
