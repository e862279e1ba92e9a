import { environmentVariable } from "../../protocol/hooks.ts";

/** Name of the variable that every child carries, so that an earlier helper's children can be found and ended. */
export const CALL_MARK = "LOOPD_CALL";

/** What a program needs to work at all. Everything else (keys, tokens, agents' sockets) stays with the helper. */
const ALLOWED = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TMPDIR",
  "TZ",
  "__CF_USER_TEXT_ENCODING",
]);

/** For programs that have no terminal and nobody who could answer. */
const UNATTENDED = { TERM: "dumb", NO_COLOR: "1", PAGER: "cat", GIT_PAGER: "cat", GIT_TERMINAL_PROMPT: "0" };

/** The environment of a child process of one call; without the mark of a call where the process may outlive it. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  callId: string | undefined,
): Record<string, string> {
  const child: Record<string, string> = { ...UNATTENDED };
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && (ALLOWED.has(name) || name.startsWith("LC_"))) child[name] = value;
  }
  if (callId !== undefined) child[CALL_MARK] = callId;
  return child;
}

/** A turn's typed environment as variables for a command. */
export function turnVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([key, value]) => [environmentVariable(key), value]));
}
