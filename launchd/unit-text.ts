import { LoopdError } from "../src/protocol/errors.ts";

/** What no line of a unit can hold: the end of the line, and characters that systemd takes for a broken file. */
const UNWRITABLE = /\p{Cc}|\ufffd|\p{Surrogate}/u;

function checked(value: string): string {
  const found = UNWRITABLE.exec(value)?.[0];
  if (found === undefined) return value;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw new LoopdError(
    "invalid-params",
    `systemd cannot be given ${JSON.stringify(value)}: it holds the character U+${code}. Nothing was written. Use a folder whose path has none of this.`,
  );
}

/** `%` begins a specifier everywhere in a unit. */
function withoutSpecifiers(value: string): string {
  return checked(value).replaceAll("%", "%%");
}

/** A value that is taken as it stands up to the end of its line: a path with blanks, a description. */
export function plainValue(value: string): string {
  const text = withoutSpecifiers(value);
  // A backslash there would join the next line; at either end blanks would be cut off.
  if (!text.endsWith("\\") && text === text.trim()) return text;
  throw new LoopdError(
    "invalid-params",
    `systemd cannot be given ${JSON.stringify(value)}: it begins or ends with a blank, or ends with a backslash. Nothing was written. Use another folder.`,
  );
}

/** One word, quoted, for a setting that splits its value into words but replaces no variables, such as `Environment=`. */
export function quotedWord(value: string): string {
  return `"${withoutSpecifiers(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/**
 * The command of `ExecStart=`, in which `$` stands for itself. systemd takes no program whose path has quotes or backslashes
 * in it; a shell then starts it.
 */
export function commandLine([program, ...words]: readonly [string, ...string[]]): string {
  if (/["'\\]/.test(program)) return commandLine(["/bin/sh", "-c", 'exec "$0" "$@"', program, ...words]);
  return [quotedWord(program), ...words.map((word) => quotedWord(word).replaceAll("$", "$$$$"))].join(" ");
}
