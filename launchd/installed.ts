import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { removeFile, writeWanted } from "./wanted-files.ts";

const installedSchema = z.object({
  /** Per label: the version that the job was last started with. */
  jobs: z.record(z.string(), z.string()),
  /** What the jobs were told of the environment. */
  environment: z.record(z.string(), z.string()),
});

/** What loopd itself has installed, as far as the system's own answers do not say it. */
export type Installed = z.infer<typeof installedSchema>;

const fileOf = (home: string) => join(home, "launchd", "installed.json");

/** What was installed for a home; nothing where there is no record of it, or none that can be read. */
export async function readInstalled(home: string): Promise<Installed> {
  try {
    return installedSchema.parse(JSON.parse(await readFile(fileOf(home), "utf8")));
  } catch {
    return { jobs: {}, environment: {} };
  }
}

/** Records what is installed now. */
export async function writeInstalled(home: string, installed: Installed): Promise<void> {
  await writeWanted({ path: fileOf(home), text: `${JSON.stringify(installed, null, 2)}\n`, mode: 0o600 });
}

/** Forgets it. */
export async function removeInstalled(home: string): Promise<void> {
  await removeFile(fileOf(home));
}
