import { parseArgs } from "node:util";

/** What the person asked of a benchmark. */
export interface Options {
  isQuick: boolean;
  isStrict: boolean;
  json: string | undefined;
  /** Names of the only parts to measure; empty: all of them. */
  parts: string[];
}

/** Reads the command line. Throws for a flag that there is none of. */
export function readOptions(args: readonly string[]): Options {
  const flag = { type: "boolean", default: false } as const;
  const options = { quick: flag, strict: flag, json: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  return { isQuick: values.quick, isStrict: values.strict, json: values.json, parts: positionals };
}
