import { Problem } from "../../ax-helper/problem.ts";
import { titleKey } from "../../ax-helper/session/title-key.ts";
import type { Target } from "../../ax-helper/session-screen.ts";
import type { Facts, Json } from "../../protocol/values.ts";
import type { Place } from "../define-tool.ts";
import { plainLine } from "../visible-text.ts";
import { choiceOf, type NamedWindow } from "./looking.ts";
import { placeWords } from "./preview.ts";
import { problemWords } from "./problem-words.ts";

type Found = Omit<Facts, "hash">;

/** Where text from a program's windows comes from. */
export function sourceOf(app: string): string {
  return `screen ${plainLine(app, 100)}`;
}

/** Facts about the window that is meant. `words` says for a person what is done with it. */
export async function windowFacts(
  named: NamedWindow,
  place: Place,
  words: (where: string) => string,
): Promise<{ facts: Found; problem?: Problem }> {
  // To cancel it would end the process that all sessions share; it is bounded by itself.
  const chosen = await place.screen.choose(choiceOf(named), new AbortController().signal);
  if (!(chosen instanceof Problem)) {
    const { app, window } = chosen;
    return { facts: { app, window, source: sourceOf(app), preview: words(placeWords(chosen)) } };
  }
  // Titles are for whoever may read the windows: until then only their programs are named.
  const apps = [...new Set((chosen.choices ?? []).map((choice) => choice.split(" | ")[0] ?? ""))];
  const [app, ...others] = apps;
  if (chosen.code === "no-window" && app !== undefined && others.length === 0) {
    return { facts: { app, source: sourceOf(app), preview: words(placeWords({ app, window: "" })) } };
  }
  const { code, message } = chosen;
  return { facts: { refusal: problemWords({ code, message, choices: apps }) }, problem: chosen };
}

/** What must still be so of a window: numbers in its title and marks of unsaved changes may be others. */
export function windowIdentity({ app, window }: Found): Json {
  return { app: app?.toLowerCase() ?? null, title: window === undefined ? null : titleKey(window) };
}

/** Facts about the control that a reference stands for. */
export function controlFacts(target: Target, action: string, preview: string): Found {
  const { app, window, role, name, isSecure } = target;
  const secure = isSecure ? { isSecure } : {};
  return { app, window, control: { action, role, name }, ...secure, source: sourceOf(app), preview };
}

/** What must still be so of a control and of its window, whose title a person has read: "Delete draft?" – OK. */
export function controlIdentity({ app, window, control, isSecure }: Found): Json {
  const title = window === undefined ? null : titleKey(window);
  return { app: app ?? null, title, control: control ?? null, isSecure: isSecure ?? false };
}

/** A reference as a model writes it: perhaps in brackets, with flags or a name behind. */
export function refOf(written: string): string {
  return /^[\s[(]*([bkotnplmxsi]\d{1,9})(?!\d)/i.exec(written)?.[1]?.toLowerCase() ?? plainLine(written, 40);
}

/** Why nothing can be done with a reference. */
export function unknownRef(ref: string): string {
  return `${ref} is no reference that is known now. Read the screen again with screen_read, and use a reference it shows.`;
}
