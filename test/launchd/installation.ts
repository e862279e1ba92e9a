import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyPlan, type Applied } from "../../launchd/apply-plan.ts";
import type { InstallWish } from "../../launchd/install-plan.ts";
import type { Machine } from "../../launchd/machine.ts";
import { planInstall } from "../../launchd/plan-install.ts";
import type { Trigger } from "../../src/protocol/routine.ts";

export const DAILY: Extract<Trigger, { type: "cron" }> = {
  type: "cron",
  expression: "0 9 * * *",
  zone: "Europe/Berlin",
};
export const HELPER = "dev.loopd.helper";
export const TICK = "dev.loopd.tick";

/** Stands in for helper and tick: writes down how it was started, then stays until it is told to go. */
const PROGRAM = `
import { appendFileSync, existsSync } from "node:fs";
const home = process.env.LOOPD_HOME;
const [name, ...words] = process.argv.slice(2);
const said = { name, words, pid: process.pid, environment: process.env, folder: process.cwd(), umask: process.umask() };
appendFileSync(home + "/" + name + ".starts", JSON.stringify(said) + "\\n");
process.stderr.write(name + " complains\\n");
if (name !== "helper") process.exit(0);
if (existsSync(home + "/crashes")) process.exit(1);
const slowly = existsSync(home + "/slow") ? 600 : 0;
process.on("SIGTERM", () => setTimeout(() => process.exit(0), slowly));
setInterval(() => {}, 1_000_000);
appendFileSync(home + "/stays", process.pid + "\\n");
`;

/** One start of the stand-in. */
export interface Start {
  name: string;
  words: string[];
  pid: number;
  environment: Record<string, string>;
  folder: string;
  umask: number;
}

type Place = { machine: Machine; person: string; home: string };

/** What a person asks for who installs loopd on a machine, with programs that stand in for the real ones. */
export function wishFor({ person, home }: Place, changed: Partial<InstallWish> = {}): InstallWish {
  const program = join(home, "program.mjs");
  writeFileSync(program, PROGRAM);
  return {
    platform: "darwin",
    person,
    home,
    usualHome: home,
    node: process.execPath,
    helper: [program, "helper", "$HOME", "a b"],
    tick: [program, "tick"],
    version: "1",
    environment: { PATH: "/opt/mine:/usr/bin", LANG: "de_DE.UTF-8", ANTHROPIC_API_KEY: "sk-secret" },
    zone: "Europe/Berlin",
    triggers: [DAILY],
    ...changed,
  };
}

/** Installs, or brings an installation up to date. */
export function install(place: Place, changed: Partial<InstallWish> = {}): Promise<Applied> {
  return applyPlan(planInstall(wishFor(place, changed)), place.machine);
}

/** How the stand-in was started, each time. */
export function startsOf(home: string, name: "helper" | "tick" | "hand-off"): Start[] {
  const path = join(home, `${name}.starts`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Start);
}

/** Process ids of helpers that have begun to wait to be told to go. */
export function waitingIn(home: string): number[] {
  const path = join(home, "stays");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").map(Number) : [];
}
