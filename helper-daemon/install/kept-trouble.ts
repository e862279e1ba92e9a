import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writeWanted } from "../../launchd/wanted-files.ts";
import type { InstallResult } from "../../src/protocol/install.ts";

const troubleSchema = z.object({
  message: z.string(),
  mend: z.string().optional(),
  /** ISO time at which it was first met. */
  since: z.string(),
});

/** What keeps the system from seeing to routines. It is in the home until it is over, for `loopd doctor`. */
export type KeptTrouble = z.infer<typeof troubleSchema>;

/** Verbs that run where nobody looks on. */
export type QuietVerb = "tick" | "sync-tick";

const fileOf = (home: string, verb: QuietVerb) => join(home, "run", `${verb}-trouble.json`);

/** What stood in a verb's way when it last ran; undefined if nothing did, or it never ran. */
export async function troubleOf(home: string, verb: QuietVerb): Promise<KeptTrouble | undefined> {
  try {
    return troubleSchema.parse(JSON.parse(await readFile(fileOf(home, verb), "utf8")));
  } catch {
    return undefined;
  }
}

/**
 * Keeps how a verb ended. Says on standard error, which is the job's error log, what is new: once, and not each minute.
 * @throws LoopdError where the home cannot be written.
 */
export async function keepTrouble(home: string, verb: QuietVerb, { error }: InstallResult, now: Date): Promise<void> {
  const known = await troubleOf(home, verb);
  if (error === undefined) return rm(fileOf(home, verb), { force: true });
  if (known?.message === error.message) return;
  const { message, mend } = error;
  const since = now.toISOString();
  const kept: KeptTrouble = { message, ...(mend === undefined ? {} : { mend }), since };
  await writeWanted({ path: fileOf(home, verb), text: `${JSON.stringify(kept, null, 2)}\n`, mode: 0o600 });
  process.stderr.write(`${since} loopd ${verb}: ${message.replace(/\s*\n\s*/g, " ")}\n`);
}

/** Forgets all of it, with the installation that it was about. */
export async function forgetTrouble(home: string): Promise<void> {
  const verbs: readonly QuietVerb[] = ["tick", "sync-tick"];
  for (const verb of verbs) await rm(fileOf(home, verb), { force: true });
}
