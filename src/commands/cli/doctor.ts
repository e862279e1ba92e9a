import { access, constants, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { parseConfig } from "../../protocol/config.ts";
import { socketPathOf } from "../../protocol/connect.ts";
import { asLoopdError } from "../../protocol/errors.ts";
import type { Check } from "../../protocol/requests.ts";
import { VERSION } from "../../protocol/version.ts";
import { installationChecks } from "../install-program.ts";
import { homeFolder } from "../open-helper.ts";
import { ExitWith } from "./failure.ts";
import { findingWords } from "./finding.ts";
import { helperProgram, withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";

/** Adds `doctor` to a command: to the program itself, and to `helper`. */
export function addDoctor(parent: Command): void {
  parent
    .command("doctor")
    .description("Look at everything that loopd needs from this machine, and say how to mend what is wrong.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd doctor", "loopd doctor --json"))
    .action(showDoctor);
}

async function showDoctor({ json }: { json?: boolean }): Promise<void> {
  const checks = [cliCheck(), ...(await helperChecks()), ...(await installationChecks(helperProgram()))];
  if (json === true) printJson(checks);
  else print(checks.map(findingWords).join("\n"));
  if (checks.some(({ state }) => state === "failed")) throw new ExitWith(1);
}

/** What the helper finds; where none can be started, why, and what can be seen from here. */
async function helperChecks(): Promise<Check[]> {
  try {
    return await withHelper(async (connection) => (await connection.request("helper.doctor", {})).checks);
  } catch (thrown) {
    const { message } = asLoopdError(thrown);
    const helper: Check = {
      name: "helper",
      state: "failed",
      detail: message,
      mend: "loopd helper run   # shows it fail",
    };
    return [helper, ...(await checksFromHere(homeFolder(process.env, process.platform)))];
  }
}

function cliCheck(): Check {
  return { name: "command line", state: "ok", detail: `version ${VERSION}, Node ${process.versions.node}` };
}

/** The few things that can stop a helper from starting. */
async function checksFromHere(home: string): Promise<Check[]> {
  const looks: { name: string; look: () => Promise<string> }[] = [
    { name: "home", look: () => lookAtHome(home) },
    { name: "configuration", look: () => lookAtConfig(join(home, "config.json")) },
  ];
  return Promise.all(
    looks.map(async ({ name, look }): Promise<Check> => {
      try {
        return { name, state: "ok", detail: await look() };
      } catch (thrown) {
        return {
          name,
          state: "failed",
          detail: asLoopdError(thrown).message,
          mend: `ls -ld '${home}'; or set LOOPD_HOME`,
        };
      }
    }),
  );
}

async function lookAtHome(home: string): Promise<string> {
  socketPathOf(home);
  const stats = await stat(home).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (stats === undefined) return `${home} does not exist yet`;
  if (!stats.isDirectory()) throw new Error(`${home} is no folder.`);
  await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  return home;
}

async function lookAtConfig(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return "there is no config.json, so all defaults count";
  parseConfig(text, path);
  return "config.json is valid";
}
