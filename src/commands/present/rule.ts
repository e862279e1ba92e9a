import type { CardRow } from "../../protocol/requests.ts";
import type { Cause, Rule, RuleCondition } from "../../protocol/values.ts";
import { causeTexts } from "./cause.ts";
import { oneLine } from "./terminal-text.ts";
import { controlWords, windowGrantWords } from "./window-condition.ts";

/** What a rule speaks about, in one line. */
export function ruleWords({ when, grant }: Rule): string {
  const words = conditionWords(when);
  if (grant === undefined) return oneLine(words, 300);
  const { scope, session, covers, by, at, expiresAt } = grant;
  const where = scope === "session" ? `in session ${session ?? "?"}` : "in every session";
  const until = expiresAt === undefined ? "" : ` until ${new Date(expiresAt).toISOString()}`;
  return oneLine(`${words} ${where}${coverWords(covers)}${until} (${by}, ${at})`, 400);
}

/** What an approval for longer than once would allow from then on, in full; undefined where there is no such thing. */
export function grantWords({ grant, facts }: CardRow): string | undefined {
  if (grant === undefined) return undefined;
  const { when, covers } = grant;
  const isSaid = when.argv !== undefined || windowGrantWords(when) !== undefined;
  const rest = isSaid ? "" : ", whatever else its arguments say";
  const server = facts?.server === undefined ? "" : ` of the server ${facts.server}`;
  return `${conditionWords(when)}${server}${rest}${coverWords(covers)}`;
}

/** What an approval of everything in the application would allow from then on; undefined where there is no such thing. */
export function appGrantWords({ appGrant }: CardRow): string | undefined {
  return appGrant && `${conditionWords(appGrant.when)}${coverWords(appGrant.covers)}`;
}

/** Conditions as a sentence says them; those that people rarely meet keep the names that config.json gives them. */
function conditionWords(when: RuleCondition): string {
  const aboutWindows = windowGrantWords(when);
  if (aboutWindows !== undefined) return aboutWindows;
  const { tool, argv, command, path, domain, isSandboxed, control, ...others } = when;
  const parts = [
    tool === undefined ? "" : `tool ${wordsOf(tool)}`,
    argv === undefined ? "" : `with exactly the command \`${argv.map(quoted).join(" ")}\``,
    command === undefined ? "" : `with a command that begins \`${command.map(quoted).join(" ")}\``,
    path === undefined ? "" : `on ${wordsOf(path)}`,
    domain === undefined ? "" : `reaching ${wordsOf(domain)}`,
    isSandboxed === undefined ? "" : isSandboxed ? "in the sandbox" : "outside the sandbox",
    control === undefined ? "" : `that would ${controlWords(control)}`,
    ...Object.entries(others).map(([key, value]) => `${key} ${wordsOf(value)}`),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "anything else" : parts.join(" ");
}

function coverWords(covers: readonly Cause[]): string {
  return covers.length === 0 ? "" : `, also when ${causeTexts(covers).join(" and when ")}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(" or ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
