import { styleText } from "node:util";
import { printableText } from "../present/terminal-text.ts";

/** Prints text to standard output and ends the line. In a terminal it is made harmless first; piped, it stays as it is. */
export function print(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printableText(text) : text}\n`);
}

/** Prints one JSON value, indented for a person in a terminal, on one line for a program. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined)}\n`);
}

/** Says something about the work to standard error, which is never part of an answer. */
export function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? printableText(text) : text}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Styles text that we wrote ourselves for a stream; plain where the stream is no terminal or NO_COLOR is set. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return styleText(style, text, { stream });
}
