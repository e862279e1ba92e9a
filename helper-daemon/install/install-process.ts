import type { InstallResult, InstallStep } from "../../src/protocol/install.ts";
import { placeOf } from "./install-place.ts";
import { thrownResult } from "./trouble.ts";
import type { Verb } from "./verb.ts";

/*
 * A program of its own, which alone imports launchd/: it costs 20 MB, and faces may not import it.
 *   install-process VERB [--…]
 * Writes JSON lines to standard output: steps `{step, state, detail?, mend?}`, last `{result}`. Ends with 0 or 1.
 */

const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  check: async () => (await import("./status-verb.ts")).checkVerb,
  detach: async () => (await import("./detach-verb.ts")).detachVerb,
  install: async () => (await import("./install-verb.ts")).installVerb,
  start: async () => (await import("./start-verb.ts")).startVerb,
  status: async () => (await import("./status-verb.ts")).statusVerb,
  "sync-tick": async () => (await import("./sync-tick-verb.ts")).syncTickVerb,
  tick: async () => (await import("./tick-verb.ts")).tickVerb,
  uninstall: async () => (await import("./uninstall-verb.ts")).uninstallVerb,
};

// The system's calendar goes by the machine's own zone, whatever a shell says.
delete process.env.TZ;
const [, , name = "", ...words] = process.argv;
const say = (line: InstallStep | { result: InstallResult }) => void process.stdout.write(`${JSON.stringify(line)}\n`);

async function main(): Promise<InstallResult> {
  process.umask(0o077);
  const verb = Object.hasOwn(VERBS, name) ? await VERBS[name]?.() : undefined;
  if (verb === undefined) {
    const message = `There is no ${JSON.stringify(name)}; there are: ${Object.keys(VERBS).join(", ")}.`;
    return { ok: false, error: { code: "usage", message } };
  }
  return verb({ place: placeOf(process.env), words, tell: say });
}

// Whoever listened may have gone; what was begun is finished all the same.
process.stdout.on("error", () => {});
const result = await main().catch(thrownResult);
say({ result });
process.exitCode = result.ok ? 0 : 1;
