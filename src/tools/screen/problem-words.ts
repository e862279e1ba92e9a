import type { Problem } from "../../ax-helper/problem.ts";
import { plainLine } from "../visible-text.ts";

/** So many of what there is are named. */
const MOST_CHOICES = 20;
const LONGEST = 100;

/** What to do next, where the problem itself does not say. */
const NEXT: Partial<Record<Problem["code"], string>> = {
  "no-app": "app_open opens a program, app_list names those that there are.",
  "not-responding": "Perhaps a dialog of it waits for somebody: try again once, then ask the person to look at it.",
  "not-focused": "Give it the keyboard with the action focus, then do this again.",
  disabled: "Something else has to be filled in, chosen or closed first: read the window.",
  "read-only": "Use another control.",
  unsupported: "Use another action, or another control.",
  failed: "Read the window again before anything else.",
  "no-tree": "Use screenshot to see it, or keyboard shortcuts and menus to operate it.",
  "no-trust": "permissions_request asks the person for the grant.",
  "no-bus": "permissions_check tells what is missing.",
  "secure-input": "Some program keeps the keyboard to itself, as password fields do; try again later.",
  occluded: "Something else is in front of it: press it instead, or close what covers it.",
};

/** A problem for a model: what happened, what there is instead, what to do next. */
export function problemWords({ code, message, choices = [] }: Pick<Problem, "code" | "message" | "choices">): string {
  const named = choices.slice(0, MOST_CHOICES).map((choice) => plainLine(choice, LONGEST));
  const rest = choices.length - named.length;
  const list = named.length === 0 ? [] : [`There are: ${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}.`];
  const next = code === "not-found" && list.length === 0 ? "Read the window to see what there is." : NEXT[code];
  return [plainLine(message, 500), ...list, ...(next === undefined ? [] : [next])].join(" ");
}
