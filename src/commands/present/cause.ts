import type { Cause } from "../../protocol/values.ts";

const words: Record<Cause["type"], string> = {
  taint: "text from elsewhere may have suggested it",
  rehydration: "a hidden value would be sent in clear",
  rescued: "the model wrote the call as text instead of making it",
  "secure-field": "it would put text into a field that keeps it secret, which always asks",
  "hook-change": "a hook changed the arguments",
  image: "an image would be sent",
  repeat: "it would happen a second time, to mend an answer",
};

/** Why a call needs a person although a rule would let it run, one text for each reason, with all that it comes from. */
export function causeTexts(causes: readonly Cause[]): string[] {
  const sources = new Map<Cause["type"], string[]>();
  for (const { type, source } of causes) sources.set(type, [...(sources.get(type) ?? []), source]);
  return [...sources].map(([type, all]) => `${words[type]} (${all.join(", ")})`);
}
