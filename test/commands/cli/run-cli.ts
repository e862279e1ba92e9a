import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { withoutSandbox } from "../../fakes/helper.ts";

/** The built command line. */
export const CLI = resolve(import.meta.dirname, "../../../assets/helper/loopd.mjs");

/** How a run of the command line ended. */
interface CliResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A run of the command line that is still going on. */
interface CliRun {
  child: ChildProcess;
  ended: Promise<CliResult>;
  /** Resolves once standard output or error shows these words. */
  shows(words: string | RegExp, where: "stdout" | "stderr"): Promise<void>;
}

/** The command line on a home of its own; `stop` ends the helper that it started. */
export interface CliOnHome {
  home: string;
  /** The folder that it is called in, if no other is named. */
  workspace: string;
  /** A run with this input on standard input; without, standard input is empty. */
  begin(words: readonly string[], options?: { input?: string | Buffer; cwd?: string; env?: NodeJS.ProcessEnv }): CliRun;
  run(
    words: readonly string[],
    options?: { input?: string | Buffer; cwd?: string; env?: NodeJS.ProcessEnv },
  ): Promise<CliResult>;
  /** What a `--json` command prints. */
  json<T>(...words: string[]): Promise<T>;
  remove(): Promise<void>;
}

/** The built command line, as a person's shell would call it. */
export function cliOn(home: string): CliOnHome {
  const workspace = `${home}-work`;
  withoutSandbox(home);
  mkdirSync(workspace, { recursive: true });
  const begin: CliOnHome["begin"] = (words, { input = "", cwd = workspace, env = {} } = {}) => {
    const child = spawn(process.execPath, [CLI, ...words], {
      cwd,
      env: { ...process.env, NO_COLOR: "1", ...env, LOOPD_HOME: home },
    });
    const texts = { stdout: "", stderr: "" };
    const waiting = new Set<() => void>();
    for (const where of ["stdout", "stderr"] as const) {
      child[where].setEncoding("utf8").on("data", (text: string) => {
        texts[where] += text;
        for (const look of [...waiting]) look();
      });
    }
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const ended = new Promise<CliResult>((done) => child.once("close", (exitCode) => done({ exitCode, ...texts })));
    const shows: CliRun["shows"] = (wanted, where) =>
      new Promise((done, fail) => {
        const look = () => {
          if (typeof wanted === "string" ? !texts[where].includes(wanted) : !wanted.test(texts[where])) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        void ended.then((result) => fail(new Error(`ended without ${String(wanted)}: ${JSON.stringify(result)}`)));
        look();
      });
    return { child, ended, shows };
  };
  const run: CliOnHome["run"] = (words, options) => begin(words, options).ended;
  return {
    home,
    workspace,
    begin,
    run,
    async json<T>(...words: string[]) {
      const { exitCode, stdout, stderr } = await run([...words, "--json"]);
      if (exitCode !== 0) throw new Error(`loopd ${words.join(" ")} ended with ${exitCode}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    async remove() {
      await run(["helper", "stop"], { cwd: "/" });
      for (const folder of [home, workspace]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The lines of NDJSON. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}
