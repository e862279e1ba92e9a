import { parse } from "shell-quote";

/**
 * Anything by which a shell may read a line differently from its plain words, quoted or not: substitutions, escapes,
 * brackets, braces, and everything that is not printable. Refusing too much costs a question; too little, a hole.
 */
const UNSURE = /[$`\\[\]{}!^\p{C}\p{Zl}\p{Zp}]|[^\S ]/u;
/** Words that make a command of the shell's grammar instead of naming a program. */
const RESERVED = new Set(
  "if then elif else fi for while until do done case esac in function select time coproc repeat end foreach always".split(
    " ",
  ),
);

/**
 * The argument vector that a shell would run for this line: program and arguments, nothing else. Undefined for a compound
 * line: one with operators, redirections, variables, substitutions, globs, escapes, assignments, comments, home
 * folders or shell keywords, and one that cannot be read with certainty.
 */
export function simpleCommand(line: string): string[] | undefined {
  if (UNSURE.test(line) || hasOpenQuote(line)) return undefined;
  const words = parse(line);
  if (!words.every((word) => typeof word === "string")) return undefined;
  const [program] = words;
  if (program === undefined || program === "" || program.includes("=") || RESERVED.has(program)) return undefined;
  return words.some(hasTilde) ? undefined : words;
}

/** `~` at the start of a word, and after `=` or `:`, may become a home folder. */
function hasTilde(word: string): boolean {
  return /(^|[=:])~/.test(word);
}

/** Without escapes a quote is open exactly if the other of its kind is missing. */
function hasOpenQuote(line: string): boolean {
  const rest = line.replace(/'[^']*'|"[^"]*"/g, "");
  return rest.includes("'") || rest.includes('"');
}
