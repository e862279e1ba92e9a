import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { join } from "node:path";

/** A program that a test started. */
export interface Program {
  pid: number;
  /** Its standard output, for those who asked for it. */
  output: Readable;
  /** Resolves once it has ended, with its last words if it failed by itself. */
  ended: Promise<string | undefined>;
  signal(name: NodeJS.Signals): void;
  /** Ends it and everything that came of it, also what is stopped or left its group. */
  close(): Promise<void>;
}

/** Debian's: it has the bindings to GTK. */
export const PYTHON = "/usr/bin/python3";
const KEEPER = join(import.meta.dirname, "programs/keeper.py");

/**
 * Starts a program below a keeper, which ends it and all its descendants as soon as its input closes: when the program is closed,
 * and when the test's process is killed.
 *
 * @throws Error when it cannot be started.
 */
export async function startProgram(
  command: readonly string[],
  environment: Record<string, string>,
  output: "read" | "ignore",
): Promise<Program> {
  const keeper = spawn(PYTHON, ["-I", KEEPER, ...command], {
    env: environment,
    // A terminal's interrupt is for the tests; they close their programs themselves.
    detached: true,
    stdio: ["pipe", output === "read" ? "pipe" : "ignore", "ignore", "pipe"],
  });
  keeper.on("error", () => {});
  const over = new Promise<void>((resolve) => keeper.once("close", () => resolve()));
  const report = keeper.stdio[3] as Readable;
  const said = lines(report);
  const first = await said.next();
  const pid = Number(first);
  if (!(pid > 0)) throw new Error(`${command[0]} cannot be started: ${first ?? "python3 is missing"}`);
  return {
    pid,
    output: keeper.stdout ?? report,
    ended: said.next().then(failureOf),
    signal: (name) => {
      process.kill(pid, name);
    },
    close: async () => {
      keeper.stdin?.destroy();
      await over;
    },
  };
}

/** How a program failed, as its keeper reports its end; nothing if it did not, or was ended by a signal. */
function failureOf(report: string | undefined): string | undefined {
  const { status, words } = JSON.parse(report ?? `{"status":0,"words":""}`) as { status: number; words: string };
  return status > 0 ? `it ended with ${status}: ${words}` : undefined;
}

/** The first line that a program writes. */
export async function firstLine(stream: Readable): Promise<string> {
  const line = await lines(stream).next();
  if (line === undefined) throw new Error("it ended before it was ready");
  return line;
}

/** Lines of a stream; nothing after its end. */
function lines(stream: Readable): { next(): Promise<string | undefined> } {
  let text = "";
  let isOver = false;
  let wake = () => {};
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    wake();
  });
  stream.once("close", () => {
    isOver = true;
    wake();
  });
  return {
    next: async () => {
      for (;;) {
        const end = text.indexOf("\n");
        if (end < 0 && isOver) return undefined;
        if (end < 0) await new Promise<void>((resolve) => (wake = resolve));
        else {
          const line = text.slice(0, end);
          text = text.slice(end + 1);
          return line;
        }
      }
    },
  };
}
