import * as z from "zod";
import { Problem, type ProblemCode } from "../../ax-helper/problem.ts";
import { defineTool } from "../define-tool.ts";
import { plainLine } from "../visible-text.ts";
import { choiceOf, legendFor, lookingOf, sightOf } from "./looking.ts";
import { problemWords } from "./problem-words.ts";
import { placeWords } from "./preview.ts";
import { sourceOf, windowFacts } from "./window-facts.ts";

const DEFAULT_SECONDS = 15;
const MOST_SECONDS = 240;
const name = z.string().max(300).optional();
const input = z.object({
  text: z.string().min(1).max(300),
  role: z.string().max(50).optional().describe("button, check, text, link, …; absent: any text"),
  gone: z.boolean().optional().describe("until it is no longer there"),
  app: name,
  window: name,
  seconds: z.number().min(0).max(MOST_SECONDS).optional(),
});
type Input = z.output<typeof input>;

/** What may be otherwise once it is waited for: a program that is starting has no window yet. */
const COMING: ReadonlySet<ProblemCode> = new Set(["no-app", "no-window"]);

/** Waits until a text or control is in a window, or no longer is, without asking the model meanwhile. */
export const screenWait = defineTool<Input>({
  name: "screen_wait",
  group: "screen",
  effect: "read",
  isIdempotent: true,
  timeLimit: (MOST_SECONDS + 30) * 1000,
  description: "Wait until a text or control appears in a window, or goes.",
  input,
  examples: [{ text: "Saved", app: "Mail" }],
  async inspect(asked, place) {
    const { facts, problem } = await windowFacts(asked, place, (where) => `watch ${where} for ${what(asked)}`);
    if (problem === undefined || !COMING.has(problem.code) || !asked.app) return facts;
    const app = plainLine(asked.app, 100);
    const preview = `watch ${placeWords({ app, window: "" })}, once it is open, for ${what(asked)}`;
    return { app, source: sourceOf(app), preview };
  },
  // It watches whatever the program shows meanwhile.
  identify: ({ app }) => ({ app: app?.toLowerCase() ?? null }),
  async run({ text, role, gone, seconds = DEFAULT_SECONDS, ...named }, context) {
    const awaited = { text, isGone: gone === true, limitMs: seconds * 1000, ...(role ? { role } : {}) };
    const end = await context.screen.wait(choiceOf(named), awaited, lookingOf(context, "usual"));
    if (end instanceof Problem) return { text: problemWords(end), isError: true };
    const { sight, isMet } = end;
    const waited = { text, role, gone };
    const line = isMet ? met(waited) : `Still not after ${seconds} s: ${what(waited)}. The window is now:`;
    return { text: `${line}\n${sight.text}${legendFor(context)}`, sight: sightOf(sight) };
  },
});

function what({ text, role, gone }: Pick<Input, "text" | "role" | "gone">): string {
  const control = role ? `${plainLine(role, 50)} ` : "";
  return `${control}“${plainLine(text, 100)}”${gone === true ? " to go" : " to appear"}`;
}

function met({ text, gone }: Pick<Input, "text" | "role" | "gone">): string {
  return `“${plainLine(text, 100)}” ${gone === true ? "is gone" : "is there"}.`;
}
