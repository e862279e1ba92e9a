import { isDeepStrictEqual } from "node:util";
import LaunchdPropertyList from "launchd.plist";
import plist from "plist";
import { LoopdError } from "../src/protocol/errors.ts";
import { checkLaunchdKeys, type LaunchdKeys } from "./launchd-keys.ts";

type Setter = (list: LaunchdPropertyList, value: unknown) => void;

/** How each key gets into a list. In this order they stand in the file. */
const setters: { [K in keyof LaunchdKeys]-?: (list: LaunchdPropertyList, value: NonNullable<LaunchdKeys[K]>) => void } =
  {
    Label: (list, value) => list.setLabel(value),
    ProgramArguments: (list, value) => list.setProgramArgs(value),
    EnvironmentVariables: (list, value) => list.setEnvVar(value),
    WorkingDirectory: (list, value) => list.setWorkingDir(value),
    StandardOutPath: (list, value) => list.setStdOutPath(value),
    StandardErrorPath: (list, value) => list.setStdErrPath(value),
    RunAtLoad: (list, value) => list.setRunAtLoad(value),
    KeepAlive: (list, value) => list.setKeepAlive(value),
    ThrottleInterval: (list, value) => list.setThrottleInterval(value),
    ExitTimeOut: (list, value) => list.setExitTimeOut(value),
    Umask: (list, value) => list.setUmask(value),
    ProcessType: (list, value) => list.setProcessType(value),
    LimitLoadToSessionType: (list, value) => list.setLimitLoadToSessionType(value),
    StartInterval: (list, value) => list.setStartInterval(value),
    StartCalendarInterval: (list, value) => value.forEach((interval) => list.addCalendarInterval({ ...interval })),
  };

/**
 * The property list of a job, read back and compared with what was meant, so that no value can break out of its place.
 * @throws LoopdError `invalid-params` for what launchd cannot be given; `internal` if the text says something else than
 * `meant` did.
 */
export function propertyListOf(meant: LaunchdKeys): string {
  const keys = checkLaunchdKeys(meant);
  const list = new LaunchdPropertyList();
  for (const [key, set] of Object.entries(setters) as [keyof LaunchdKeys, Setter][]) {
    if (keys[key] !== undefined) set(list, keys[key]);
  }
  const text = `${list.build()}\n`;
  if (isDeepStrictEqual(withoutGaps(readPropertyList(text)), withoutGaps(keys))) return text;
  throw new LoopdError(
    "internal",
    `The property list of ${keys.Label} would not say what it should, so nothing was written. Please report this, with the path of your home folder.`,
  );
}

/**
 * What the property list of a job says.
 * @throws LoopdError `invalid-params` where it is no property list, or one with keys that loopd does not write.
 */
export function readPropertyList(text: string): LaunchdKeys {
  return checkLaunchdKeys(asIntervals(parsed(text)));
}

function parsed(text: string): unknown {
  try {
    return plist.parse(text);
  } catch (cause) {
    throw new LoopdError("invalid-params", `This is no property list: ${String(cause)}`, { cause });
  }
}

/** A single interval is written without an array around it. */
function asIntervals(keys: unknown): unknown {
  if (typeof keys !== "object" || keys === null || !("StartCalendarInterval" in keys)) return keys;
  const { StartCalendarInterval: intervals } = keys;
  return { ...keys, StartCalendarInterval: Array.isArray(intervals) ? (intervals as unknown[]) : [intervals] };
}

function withoutGaps(keys: LaunchdKeys): unknown {
  return JSON.parse(JSON.stringify(keys)) as unknown;
}
