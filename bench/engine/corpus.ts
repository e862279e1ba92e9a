import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
/** Prose, code and JSON, as a model that calls tools reads them. */
const FOLDERS = ["docs", "src/agent", "src/protocol", "src/tools", "helper-daemon"];
const IS_TEXT = /\.(md|ts|json)$/;

/** The repository's own texts, always in the same order. */
export function corpus(): readonly string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => IS_TEXT.test(path))
      .sort()
      .map((path) => readFileSync(join(ROOT, folder, path), "utf8")),
  );
}
