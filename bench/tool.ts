/** What every loop asks. */
export const QUESTION = "Read the file again and again until you are told to stop.";

/** The trivial tool of the hand-written loops, as the model is told of it. */
export const READ_FILE = {
  name: "read_file",
  description: "Read a text file.",
  input_schema: { type: "object" as const, properties: { path: { type: "string" } }, required: ["path"] },
};

/** A call as it is put together from the stream. */
export interface ToolUse {
  id: string;
  name: string;
  /** Arguments so far. */
  json: string;
}

/** A call of which nothing but the beginning has arrived. */
export function newToolUse({ id, name }: { id: string; name: string }): ToolUse {
  return { id, name, json: "" };
}
