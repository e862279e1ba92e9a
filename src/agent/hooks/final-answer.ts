import type { Json } from "../../protocol/values.ts";

/** The constant tool through which a model gives an answer that has to fit a schema. It is judged, never run. */
export const FINAL_ANSWER = "final_answer";

const DIRECTLY = 'final_answer({"json": …})';
const THROUGH = 'call_tool({"name": "final_answer", "arguments": {"json": …}})';

/** What a model is told of the schema that its answer has to fit, by way of a tool that its epoch lists. */
export function schemaWords(schema: { readonly [key: string]: Json }, listed: readonly string[] | undefined): string {
  const how = listed?.includes(FINAL_ANSWER) === false ? THROUGH : DIRECTLY;
  return `Give the answer to this by calling ${how} once you are done; json must fit this JSON Schema: ${JSON.stringify(schema)}`;
}
