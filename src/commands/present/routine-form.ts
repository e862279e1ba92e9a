import type { ParamsOf } from "../../protocol/requests.ts";
import type { RoutineRow } from "../../protocol/routine-methods.ts";
import { routineSchema, type Trigger } from "../../protocol/routine.ts";

type Changes = ParamsOf<"routine.edit">["changes"];
type Moment = NonNullable<Changes["notify"]>[number];

/** The fields of the form, as Raycast hands them over. */
export type RoutineValues = {
  name: string;
  schedule: string;
  zone: string;
  prompt: string;
  folder: string[];
  session: string;
  /** "" is the one in use when it runs; likewise for the model. */
  endpoint: string;
  model: string;
  /** None chosen: every tool. */
  tools: string[];
  approvals: string;
  catchUp: string;
  overlap: string;
  notify: string[];
};

/** One choice of a field. */
export interface FormChoice {
  value: string;
  title: string;
}

export const SESSIONS: readonly FormChoice[] = [
  { value: "new", title: "New for Each Run" },
  { value: "resume", title: "One That Goes On" },
];
export const APPROVALS: readonly FormChoice[] = [
  { value: "wait", title: "Wait for Me" },
  { value: "deny", title: "Deny" },
];
export const CATCH_UPS: readonly FormChoice[] = [
  { value: "latest", title: "Run the Latest" },
  { value: "all", title: "Run All" },
  { value: "skip", title: "Skip Them" },
];
export const OVERLAPS: readonly FormChoice[] = [
  { value: "skip", title: "Skip the New Run" },
  { value: "buffer-one", title: "Run One Afterwards" },
  { value: "cancel-other", title: "Cancel the Open Run" },
];
export const MOMENTS: readonly FormChoice[] = [
  { value: "finish", title: "It Finished" },
  { value: "failure", title: "It Failed" },
  { value: "approval", title: "It Waits for Approval" },
];

/** What the form shows first: of a routine that is there, or the usual. */
export function routineValues(
  routine: RoutineRow | undefined,
  usual: { zone: string; workspace: string },
): RoutineValues {
  const trigger = routine?.trigger;
  return {
    name: routine?.name ?? "",
    schedule: trigger === undefined ? "" : triggerText(trigger),
    zone: trigger !== undefined && "zone" in trigger ? trigger.zone : usual.zone,
    prompt: routine?.prompt ?? "",
    folder: [routine?.workspace ?? usual.workspace],
    session: routine?.session ?? "new",
    endpoint: routine?.endpoint ?? "",
    model: routine?.model ?? "",
    tools: routine?.overrides.tools ?? [],
    approvals: routine?.overrides.approvals ?? "wait",
    catchUp: routine?.catchUp ?? "latest",
    overlap: routine?.overlap ?? "skip",
    notify: routine?.notify ?? ["failure", "approval"],
  };
}

/** A trigger in words that a schedule may be written in. */
function triggerText(trigger: Trigger): string {
  switch (trigger.type) {
    case "cron":
      return trigger.expression;
    case "every":
      return `every ${trigger.ms / 60_000} minutes`;
    case "at":
      return new Date(trigger.at).toISOString();
    case "wake":
    case "login":
      return trigger.type;
    case "file":
      return `file ${trigger.glob}`;
  }
}

/** Why a name cannot be one; undefined where it can. */
export function nameProblem(name: string | undefined): string | undefined {
  const { error } = routineSchema.shape.name.safeParse(name?.trim() ?? "");
  return error === undefined ? undefined : sentenceCase(error.issues[0]?.message ?? "");
}

/** A new routine. */
export function addedRoutine(values: RoutineValues, by: string): ParamsOf<"routine.add"> {
  const { endpoint, model, overrides, ...settings } = settingsOf(values);
  return {
    ...settings,
    name: values.name.trim(),
    prompt: values.prompt.trim(),
    endpoint: endpoint ?? undefined,
    model: model ?? undefined,
    overrides,
    schedule: { when: values.schedule.trim() },
    zone: values.zone,
    by,
  };
}

/** What was changed of a routine; whatever was left as it was shown is not named, so that nobody vouches for it anew. */
export function editedRoutine(before: RoutineValues, values: RoutineValues, by: string): ParamsOf<"routine.edit"> {
  const [was, is] = [settingsOf(before), settingsOf(values)] as const;
  const isOther = <K extends keyof typeof is>(key: K) => JSON.stringify(was[key]) !== JSON.stringify(is[key]);
  const keys = (Object.keys(is) as (keyof typeof is)[]).filter(isOther);
  const changes: Changes = Object.fromEntries(keys.map((key) => [key, is[key]]));
  if (before.prompt !== values.prompt) changes.prompt = values.prompt.trim();
  const isRescheduled = isOtherSchedule(before, values);
  const when = isRescheduled ? { schedule: { when: values.schedule.trim() }, zone: values.zone } : {};
  return { name: before.name, changes, ...when, by };
}

/** Whether the schedule is another one than the one shown first. */
export function isOtherSchedule(
  before: RoutineValues,
  { schedule, zone }: Pick<RoutineValues, "schedule" | "zone">,
): boolean {
  return before.schedule !== schedule.trim() || before.zone !== zone;
}

function settingsOf(values: RoutineValues) {
  const { folder, session, endpoint, model, tools, approvals, catchUp, overlap, notify } = values;
  const { shape } = routineSchema;
  return {
    workspace: folder[0],
    session: shape.session.parse(session),
    endpoint: endpoint === "" ? null : endpoint,
    model: model.trim() === "" ? null : model.trim(),
    overrides: {
      tools: tools.length === 0 ? null : tools,
      approvals: approvals === "deny" ? ("deny" as const) : null,
    },
    catchUp: shape.catchUp.parse(catchUp),
    overlap: shape.overlap.parse(overlap),
    notify: MOMENTS.map(({ value }) => value as Moment).filter((moment) => notify.includes(moment)),
  };
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
