import { spawn, spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { CLI, type CliOnHome } from "./run-cli.ts";

// A real terminal comes from the program `script` of util-linux; macOS has one with other flags.
const SCRIPT = "/usr/bin/script";

/** Whether there is a terminal to test in. Fails where the tests must not be left out. */
export const hasTerminal = process.platform === "linux" && spawnSync(SCRIPT, ["--version"]).status === 0;
if (!hasTerminal && process.env.LOOPD_CI === "1") throw new Error("The terminal tests need script(1) of util-linux.");
if (!hasTerminal) console.warn("The terminal tests are skipped: they need script(1) of util-linux.");

export const ENTER = "\r";
export const DOWN = "\u001b[B";
export const CTRL_C = "\u0003";

/** `loopd` in a terminal of 80 by 40 with a person's keys. */
export interface Terminal {
  /** Everything shown so far, without colours and cursor movements. */
  shown(): string;
  raw(): string;
  shows(words: string): Promise<void>;
  keys(keys: string): void;
  exitCode: Promise<number | null>;
}

/** Runs a command, quoted for a shell, in a terminal of its own. */
export function inTerminal(cli: CliOnHome, words: string): Terminal {
  const command = `stty rows 40 cols 80; exec '${process.execPath}' '${CLI}' ${words}`;
  const env = { ...process.env, CI: undefined, NO_COLOR: undefined, LOOPD_HOME: cli.home, TERM: "xterm-256color" };
  const child = spawn(SCRIPT, ["-qfec", command, "/dev/null"], { env, cwd: cli.workspace });
  let raw = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    raw += text;
    for (const look of [...waiting]) look();
  });
  const exitCode = new Promise<number | null>((done) => child.once("close", done));
  const shown = () => stripVTControlCharacters(raw);
  return {
    shown,
    raw: () => raw,
    keys: (keys) => child.stdin.write(keys),
    exitCode,
    shows: (wanted) =>
      new Promise((done, fail) => {
        const look = () => {
          if (!shown().includes(wanted)) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        void exitCode.then(() => fail(new Error(`ended without ${wanted}: ${shown()}`)));
        look();
      }),
  };
}
