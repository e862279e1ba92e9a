import type { Json } from "../../protocol/values.ts";

/** The constant tool through which a model gives an answer that has to fit a schema. It is judged, never run. */
export const FINAL_ANSWER = "final_answer";

/** What a model is told of the schema that its answer has to fit. */
export function schemaWords(schema: { readonly [key: string]: Json }): string {
  return `Give the answer to this by calling final_answer({"json": …}) once you are done; json must fit this JSON Schema: ${JSON.stringify(schema)}`;
}
