import { quotedIn, withoutEnd } from "../question-words.ts";
import type { Recipe } from "../recipe.ts";
import { shellPlan } from "./shell-answer.ts";

/** Programs taken from a bare sentence; anything else must be quoted, so that "run the tests" is not a command. */
const HARMLESS =
  /^(date|uname|uptime|whoami|pwd|hostname|id|cal|df|ls|echo|sw_vers|free|vm_stat|arch|nproc|sleep|true|false)$/;

/** Runs the command that the person wrote, letter for letter; they see it again before it runs. */
export const runCommand: Recipe = {
  example: "Run `date`",
  plan(question) {
    const asked =
      /^(?:please\s+|can you\s+|could you\s+)*(?:run|execute)\s+(?:the\s+)?(?:(?:shell\s+)?command\s+)?(.+)$/is.exec(
        question,
      )?.[1];
    if (asked === undefined) return undefined;
    const bare = withoutEnd(asked.replace(/\s+please\b.*$/i, "").trim());
    const isHarmless = HARMLESS.test(bare.split(/\s+/)[0] ?? "");
    const quoted = /^["'`\u201c]/.test(asked) ? quotedIn(asked) : undefined;
    const command = quoted ?? (isHarmless ? bare : undefined);
    return command === undefined ? undefined : shellPlan(command, "You asked for exactly this command.", "Done.");
  },
};
