import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { schemaFiles } from "../../scripts/schema-files.ts";
import { entryData } from "../../src/protocol/entries.ts";

test("the published schemas are those of this version; npm run schema writes them", () => {
  for (const [name, text] of Object.entries(schemaFiles()))
    expect([name, readFileSync(new URL(`../../docs/schema/${name}`, import.meta.url), "utf8")]).toEqual([name, text]);
});

test("the schema of entries takes every kind and refuses what is none", () => {
  const schema = JSON.parse(schemaFiles()["entry.schema.json"] ?? "") as object;
  const validate = new Ajv2020({ strict: false, logger: false }).compile(schema);
  const envelope = { v: 1, seq: 1, id: "e1", session: "s1", at: "2026-01-01T00:00:00.000Z", boot: "b", mono: 1 };
  expect(validate({ ...envelope, kind: "session.cleared", data: { by: "me" } })).toBe(true);
  expect(validate({ ...envelope, kind: "session.cleared", data: {} })).toBe(false);
  expect(validate({ ...envelope, kind: "no.such", data: {} })).toBe(false);
  for (const kind of Object.keys(entryData)) expect(JSON.stringify(schema)).toContain(`"const":"${kind}"`);
});
