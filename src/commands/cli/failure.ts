import { inspect } from "node:util";
import { CommanderError } from "commander";
import { asLoopdError, exitCodeOf, LoopdError } from "../../protocol/errors.ts";
import { printableText } from "../present/terminal-text.ts";

/** Thrown to end the program with an exit code when everything has been said already. */
export class ExitWith extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Says what went wrong, in one line of words or of JSON, and gives the exit code for it. */
export function reportFailure(thrown: unknown, format: "words" | "json"): number {
  if (thrown instanceof ExitWith) return thrown.exitCode;
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  const error = thrown instanceof CommanderError ? usageError(thrown) : asLoopdError(thrown);
  sayFailure(error, format);
  if (process.env.LOOPD_DEBUG === "1") process.stderr.write(`${printableText(inspect(thrown))}\n`);
  return exitCodeOf(error.code);
}

/** One line on standard error about an error. */
export function sayFailure({ code, message }: { code: string; message: string }, format: "words" | "json"): void {
  const hint = code === "internal" ? " This is a mistake in loopd; LOOPD_DEBUG=1 shows where." : "";
  const line = printableText(message)
    .replace(/\s*\n\s*/g, " ")
    .trim();
  const text = format === "json" ? JSON.stringify({ error: { code, message } }) : `loopd: ${line}${hint}`;
  process.stderr.write(`${text}\n`);
}

/** A mistake in how the program was called. */
export function usage(message: string): LoopdError {
  return new LoopdError("usage", message);
}

function usageError(thrown: CommanderError): LoopdError {
  if (thrown.code === "commander.help") return usage("A command is missing; the help above lists them.");
  const words = thrown.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  const hint = / unknown /.test(` ${words}`) && !words.includes("Did you mean") ? " See loopd --help." : "";
  return new LoopdError("usage", `${sentence}${/[.?)]$/.test(sentence) ? "" : "."}${hint}`, { cause: thrown });
}
