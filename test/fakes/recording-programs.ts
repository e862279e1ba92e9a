import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import { removeFolder, temporaryFolder } from "./helper.ts";

/** Programs that do nothing but write down how they were called. */
export interface RecordingPrograms {
  /** A search path on which they come before all others. */
  PATH: string;
  /** One line for each call so far. */
  called(): string[];
}

/** Makes them; they are gone with the test. */
export function recordingPrograms(names: readonly string[]): RecordingPrograms {
  const folder = temporaryFolder("programs");
  onTestFinished(() => removeFolder(folder));
  const records = join(folder, "records");
  mkdirSync(records);
  for (const name of names) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> "${join(records, name)}"\n`);
    chmodSync(path, 0o755);
  }
  const called = () =>
    readdirSync(records).flatMap((name) => readFileSync(join(records, name), "utf8").trim().split("\n"));
  return { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`, called };
}
