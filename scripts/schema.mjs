// Writes docs/schema: of a person's config.json, so that editors complete and check it, and of the entries of a trace, for
// whoever reads exports.
import { writeFileSync } from "node:fs";
import { schemaFiles } from "./schema-files.ts";

for (const [name, text] of Object.entries(schemaFiles()))
  writeFileSync(new URL(`../docs/schema/${name}`, import.meta.url), text);
