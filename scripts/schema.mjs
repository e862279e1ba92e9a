// Writes docs/schema/config.schema.json, so that editors complete and check a person's config.json.
import { writeFileSync } from "node:fs";
import * as z from "zod";
import { configSchema } from "../src/protocol/config.ts";

const schema = z.toJSONSchema(configSchema, { io: "input" });
writeFileSync(new URL("../docs/schema/config.schema.json", import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
