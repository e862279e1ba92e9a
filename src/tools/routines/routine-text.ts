import type { ResultOf } from "../../protocol/requests.ts";
import type { RoutineRow } from "../../protocol/routine-methods.ts";
import type { RunRow } from "../../protocol/routine.ts";
import { plainLine } from "../visible-text.ts";

/** A routine and its next firings, for the model that has added or changed it. */
export function shownText(what: string, { routine, firings }: ResultOf<"routine.show">): string {
  const paused = routine.paused === undefined ? "" : ` It is paused: ${routine.paused}`;
  return [
    `${what} ${routine.name}: ${routine.schedule}.${paused}`,
    "Next:",
    ...firings.map((line) => `- ${line}`),
  ].join("\n");
}

/** One line of a list of routines. */
export function routineLine({ name, schedule, next, last, paused, failures, prompt }: RoutineRow): string {
  const parts = [
    `${name}: ${schedule}`,
    paused === undefined ? `next ${next ?? "never"}` : "paused",
    ...(last === undefined ? [] : [`last ${last.state} ${last.scheduledFor}`]),
    ...(failures === 0 ? [] : [`failed ${failures} times in a row`]),
    `asks: ${plainLine(prompt, 120)}`,
  ];
  return parts.join("; ");
}

/** One line of the ledger. */
export function runLine({ routine, scheduledFor, state, reason, detail, session, to, count }: RunRow): string {
  const stretch = count === undefined ? "" : ` to ${to ?? "?"}, ${count} times`;
  const parts = [
    `${scheduledFor}${stretch} ${routine}: ${state}`,
    ...(reason === undefined ? [] : [reason]),
    ...(session === undefined ? [] : [`session ${session}`]),
    ...(detail === undefined ? [] : [plainLine(detail, 160)]),
  ];
  return parts.join(", ");
}
