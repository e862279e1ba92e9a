import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { askNode } from "../../launchd/node-version.ts";
import { installRecordSchema } from "../../src/protocol/install.ts";
import type { Check } from "../../src/protocol/requests.ts";
import { processRow } from "../../src/tools/runner/process-table.ts";
import { damageOf } from "./copied-files.ts";
import { currentName } from "./current.ts";
import type { InstallPlace } from "./install-place.ts";
import { jobReports } from "./job-reports.ts";
import { type QuietVerb, troubleOf } from "./kept-trouble.ts";
import { layoutOf } from "./layout.ts";

const MEND = "loopd helper install";
const NAMES = { helper: "installed helper", tick: "installed tick", "hand-off": "hand-off" } as const;

/** Looks at every step of an installation; one finding where there is none. */
export async function installationChecks(place: InstallPlace): Promise<Check[]> {
  const { home } = place;
  const { current } = layoutOf(home);
  const cutShort = await recordCheck(home);
  if (!existsSync(current)) {
    const detail =
      "loopd is not installed for login: whoever needs the helper starts it, and no routine runs while it is down. Change it with: loopd helper install";
    return [...cutShort, { name: "installation", state: "ok", detail }];
  }
  return [
    ...cutShort,
    await bundleCheck(home),
    await nodeCheck(home),
    ...screenCheck(place),
    ...(await jobChecks(place)),
  ];
}

/** Says something only if the last installation did not end well. */
async function recordCheck(home: string): Promise<Check[]> {
  const text = await readFile(layoutOf(home).record, "utf8").catch(() => undefined);
  if (text === undefined) return [];
  const parsed = installRecordSchema.safeParse(JSON.parse(text));
  if (!parsed.success || parsed.data.state === "done") return [];
  const { state, pid, steps, result } = parsed.data;
  const step = steps.at(-1)?.step ?? "its beginning";
  const name = "last installation";
  if (state === "failed") {
    const { message = "", mend = MEND } = result?.error ?? {};
    return [{ name, state: "warning", detail: `It ended at ${step}: ${message}`, mend }];
  }
  if ((await processRow(pid))?.isAlive === true) {
    return [{ name, state: "ok", detail: `It is under way (process ${pid}), at ${step}.` }];
  }
  return [{ name, state: "warning", detail: `It was cut short at ${step}; the next one completes it.`, mend: MEND }];
}

async function bundleCheck(home: string): Promise<Check> {
  const damage = await damageOf(layoutOf(home).current);
  const name = "installed bundle";
  return damage === undefined
    ? { name, state: "ok", detail: (await currentName(home)) ?? "" }
    : { name, state: "failed", detail: `It is not as it was installed: ${damage}.`, mend: MEND };
}

async function nodeCheck(home: string): Promise<Check> {
  const { node } = layoutOf(home);
  const asked = await askNode(node);
  const name = "installed Node";
  return asked.type === "usable"
    ? { name, state: "ok", detail: `${asked.version}, ${node}` }
    : { name, state: "failed", detail: `${node} cannot be used: ${asked.why}.`, mend: MEND };
}

function screenCheck({ home, platform }: InstallPlace): Check[] {
  const { screen } = layoutOf(home);
  if (platform !== "darwin") return [];
  const name = "installed screen program";
  return [
    existsSync(screen)
      ? { name, state: "ok", detail: screen }
      : { name, state: "failed", detail: `${screen} is missing.`, mend: MEND },
  ];
}

async function jobChecks(place: InstallPlace): Promise<Check[]> {
  const reports = await jobReports(place);
  const jobs = reports.map(({ role, isFine, words, mend }): Check => {
    const finding: Check = { name: NAMES[role], state: isFine ? "ok" : "failed", detail: words };
    return mend === undefined ? finding : { ...finding, mend };
  });
  const quiet: readonly QuietVerb[] = ["sync-tick", "tick"];
  const troubles = await Promise.all(quiet.map((verb) => troubleOf(place.home, verb)));
  return [
    ...jobs,
    ...troubles.flatMap((trouble): Check[] => {
      if (trouble === undefined) return [];
      const { message, mend = MEND, since } = trouble;
      return [{ name: "installed tick", state: "warning", detail: `${message} (since ${since})`, mend }];
    }),
  ];
}
