import type { EntryData } from "../../protocol/entries.ts";
import type { Json } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import type { CallRecord, CallView } from "../transcript.ts";

const MOST_CHARACTERS = 120;

/** The record of a call, from its end. */
export function recordOf(call: CallView, { outcome, text, blob, isSideEffectPossible }: EntryData<"tool.finished">) {
  const { wireId, name, effect, decision } = call;
  const bytes = new TextEncoder().encode(text).length;
  const paths = decision?.facts.paths ?? [];
  const hasWritten = effect === "write" && (outcome === "ok" || isSideEffectPossible) && paths.length > 0;
  const record: CallRecord = { wireId, name, arguments: shortened(call.unparsed ?? call.arguments), outcome, bytes };
  return { ...record, ...(blob === undefined ? {} : { blob }), ...(hasWritten ? { written: paths } : {}) };
}

function shortened(values: Json): string {
  const text = typeof values === "string" ? values : canonicalize(values);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS).replace(/[\ud800-\udbff]$/, "")}…`;
}
