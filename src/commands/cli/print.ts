import { styleText } from "node:util";
import { jsonText, printableText } from "../present/terminal-text.ts";

/** Prints text to standard output and ends the line. In a terminal it is made harmless first; piped, it stays as it is. */
export function print(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printableText(text) : text}\n`);
}

/** Writes text as it is, and resolves when a slow reader has room for more: for output of any length. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once("drain", resolve));
}

/** Resolves once everything printed so far has left this process, which may end then. */
export async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
}

/** Prints one JSON value, indented for a person in a terminal, on one line for a program. */
export function printJson(value: unknown): void {
  process.stdout.write(`${process.stdout.isTTY ? jsonText(value, 2) : JSON.stringify(value)}\n`);
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
