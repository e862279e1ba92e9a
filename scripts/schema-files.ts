import * as z from "zod";
import { configSchema } from "../src/protocol/config.ts";
import { entryData, entrySchema } from "../src/protocol/entries.ts";

const about = {
  title: "An entry of a loopd trace, schema v1",
  description: `One line of loopd trace export. Fields and kinds may be added; those here keep their meaning. Kinds: ${Object.keys(entryData).join(", ")}.`,
};

/** The published JSON Schemas, by name of their file. */
export function schemaFiles(): Record<string, string> {
  const text = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
  return {
    "config.schema.json": text(z.toJSONSchema(configSchema, { io: "input" })),
    "entry.schema.json": text({ ...about, ...z.toJSONSchema(entrySchema, { io: "input" }) }),
  };
}
