import { limitsSchema } from "../../../src/protocol/config.ts";
import { createCatalogue } from "../../../src/tools/catalogue.ts";

/** Prompt cost of a built-in tool. */
export function catalogueTokens(name: string): number {
  const rows = createCatalogue({ limits: () => limitsSchema.parse({}) }).rows();
  return rows.find((row) => row.name === name)?.tokens ?? Number.NaN;
}
