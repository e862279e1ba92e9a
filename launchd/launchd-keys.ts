import * as z from "zod";
import { LoopdError } from "../src/protocol/errors.ts";

/** Most calendar intervals of one job: beyond it, a fixed interval serves as well and is easier to read. */
export const MOST_CALENDAR_INTERVALS = 64;

/**
 * What a property list cannot carry from us to launchd unchanged: control characters, most of which XML 1.0 has no way to
 * write; U+2028, which some parsers take for the end of a line; U+FFFD, which in a path means that its bytes were no UTF-8.
 */
const UNWRITABLE = /(?![\t\n\r])\p{Cc}|[\u2028\ufffd-\uffff]|\p{Surrogate}/u;

const text = z.string().superRefine((value, context) => {
  const found = UNWRITABLE.exec(value)?.[0];
  if (found === undefined) return;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  context.addIssue({ code: "custom", message: `holds the character U+${code}, which no property list can carry` });
});
const path = text.refine((value) => value.startsWith("/"), "must be an absolute path");
const name = text.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable");
const seconds = z.int().min(1).max(86_400);

const calendarInterval = z
  .strictObject({
    Month: z.int().min(1).max(12).optional(),
    Day: z.int().min(1).max(31).optional(),
    Weekday: z.int().min(0).max(6).optional(),
    Hour: z.int().min(0).max(23).optional(),
    Minute: z.int().min(0).max(59).optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, "must hold at least one field");

/**
 * One dictionary of `StartCalendarInterval`: the local times that fit all of its fields; a field left out fits always.
 * launchd.plist(5): "If both Day and Weekday are specified, then the job will be started if either one matches", so we
 * never put both into one. With Weekday alone, launchd has been seen to overlook Month: it then starts the job more often
 * than asked, which a tick forgives.
 */
export type CalendarInterval = z.infer<typeof calendarInterval>;

const launchdKeys = z.strictObject({
  Label: text.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "must be letters, digits, dots and dashes"),
  ProgramArguments: z.tuple([path], text),
  EnvironmentVariables: z.record(name, text).optional(),
  WorkingDirectory: path.optional(),
  StandardOutPath: path.optional(),
  StandardErrorPath: path.optional(),
  RunAtLoad: z.boolean().optional(),
  KeepAlive: z.strictObject({ SuccessfulExit: z.boolean() }).optional(),
  ThrottleInterval: seconds.optional(),
  ExitTimeOut: seconds.optional(),
  Umask: z.int().min(0).max(0o777).optional(),
  ProcessType: z.enum(["Background", "Standard", "Adaptive", "Interactive"]).optional(),
  LimitLoadToSessionType: z.enum(["Aqua", "Background", "LoginWindow", "StandardIO", "System"]).optional(),
  StartInterval: seconds.optional(),
  StartCalendarInterval: z.array(calendarInterval).min(1).max(MOST_CALENDAR_INTERVALS).optional(),
});

/** The keys of launchd.plist(5) that loopd writes. No other gets into a file. */
export type LaunchdKeys = z.infer<typeof launchdKeys>;

/**
 * Checks that launchd could be given these keys.
 * @throws LoopdError `invalid-params` that names the key and what is wrong with it.
 */
export function checkLaunchdKeys(keys: unknown): LaunchdKeys {
  const checked = launchdKeys.safeParse(keys);
  if (checked.success) return checked.data;
  const words = checked.error.issues
    .map(({ path: at, message }) => `${at.join(".") || "the list"} ${message}`)
    .join("; ");
  throw new LoopdError(
    "invalid-params",
    `launchd cannot be given this job: ${words}. Nothing was written. Use a folder whose path has none of this.`,
    { cause: checked.error },
  );
}
