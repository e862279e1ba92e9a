import { Problem, type ProblemCode } from "../../problem.ts";

/** What `loopd-screen` refused, for a model or a person: it answers in the words of macOS. */
const WORDS: Partial<Record<ProblemCode, string>> = {
  "no-trust":
    "loopd-screen may not use Accessibility. Ask for it with permissions_request, or switch it on in System Settings > Privacy & Security > Accessibility.",
  "no-app": "No such program runs. List the programs that are open.",
  "no-tree": "This program tells nothing of its windows. Use a screenshot, its menus or a shortcut.",
  "not-responding": "The program does not answer; it may be stopped or busy. Try again, or use another one.",
  stale: "It has changed since it was read. Read the screen again; nothing was done.",
  gone: "This element is no longer there. Read the screen again; nothing was done.",
  disabled: "It cannot be used now: it is disabled. Nothing was done.",
  "read-only": "It cannot be changed. Nothing was done.",
  unsupported: "It has no such action. Nothing was done.",
  "not-found": "There is nothing of that name.",
  "not-focused":
    "Keys only go to what has the keyboard, and it does not take it. Bring its window to the front first; nothing was sent.",
  "secure-input":
    "A program keeps the keyboard secret, a password prompt perhaps. Nothing was sent; a person must finish there first.",
  secure: "This field is secret: it is never read.",
  "off-element": "That point is not on it. Scroll to it first; nothing was clicked.",
  occluded: "Something else is at that point. Nothing was clicked.",
};

/** The same problem in words that say what to do next. What the helper itself says of its process stays as it is. */
export function reword(problem: Problem): Problem {
  const { code, message, choices } = problem;
  if (code === "failed" || code === "invalid")
    return new Problem(
      code,
      `${code === "failed" ? "The program refused" : "This cannot be asked"}: ${message}.`,
      choices,
    );
  return new Problem(code, WORDS[code] ?? message, choices);
}
