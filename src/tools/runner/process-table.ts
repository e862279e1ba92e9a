import { readdirSync, readFileSync } from "node:fs";
import { CALL_MARK } from "./environment.ts";

/** One process that the system knows. */
interface ProcessRow {
  pid: number;
  /** False for a zombie: it does nothing any more and only waits to be asked for its exit code. */
  isAlive: boolean;
  /** Id of its process group. */
  group: number;
  /** Together with pid and boot this names one process for ever: clock ticks since boot (Linux) or a UTC date (macOS). */
  startTime: string;
}

/** A process that carries the mark of a call in its environment. */
interface MarkedProcess {
  pid: number;
  callId: string;
}

const isLinux = process.platform === "linux";

/** The process with this pid; undefined if there is none. On Linux it is read before this function returns. */
export async function processRow(pid: number): Promise<ProcessRow | undefined> {
  return isLinux ? linuxRow(pid) : (await macRows(["-p", String(pid)])).find((row) => row.pid === pid);
}

/** All living members of a process group. */
export async function groupMembers(group: number): Promise<ProcessRow[]> {
  const rows = isLinux ? linuxPids().map(linuxRow) : await macRows(["-ax"]);
  return rows.filter((row) => row?.isAlive && row.group === group) as ProcessRow[];
}

/** Processes of this user that carry the mark of one of these calls, this process left out. */
export async function markedProcesses(callIds: readonly string[]): Promise<MarkedProcess[]> {
  if (callIds.length === 0) return [];
  const wanted = new Map(callIds.map((callId) => [`${CALL_MARK}=${callId}`, callId]));
  const found = isLinux ? linuxMarked(wanted) : await macMarked(wanted);
  return found.filter((one) => one.pid !== process.pid);
}

function linuxPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function linuxRow(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold anything; the rest is numbers.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, , group] = fields;
    const startTime = fields[19];
    if (state === undefined || group === undefined || startTime === undefined) return undefined;
    return { pid, isAlive: !"ZXx".includes(state), group: Number(group), startTime };
  } catch {
    return undefined;
  }
}

function linuxMarked(wanted: ReadonlyMap<string, string>): MarkedProcess[] {
  return linuxPids().flatMap((pid) => {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const mark = variables.find((variable) => wanted.has(variable));
      const callId = mark === undefined ? undefined : wanted.get(mark);
      return callId === undefined || !linuxRow(pid)?.isAlive ? [] : [{ pid, callId }];
    } catch {
      return [];
    }
  });
}

async function ps(args: string[]): Promise<string[]> {
  const options = { env: { LC_ALL: "C", TZ: "UTC" }, extendEnv: false, reject: false, timeout: 5000 } as const;
  const { execa } = await import("execa");
  const { stdout } = await execa("/bin/ps", args, options);
  return (stdout ?? "").split("\n");
}

async function macRows(which: string[]): Promise<ProcessRow[]> {
  const lines = await ps([...which, "-o", "pid=,pgid=,stat=,lstart="]);
  return lines.flatMap((line) => {
    const [, pid, group, state, startTime] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (!pid || !group || !state || !startTime) return [];
    return [{ pid: Number(pid), isAlive: !state.startsWith("Z"), group: Number(group), startTime }];
  });
}

async function macMarked(wanted: ReadonlyMap<string, string>): Promise<MarkedProcess[]> {
  const lines = await ps(["-axEww", "-o", "pid=,command="]);
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const mark = words.find((word) => wanted.has(word));
    const callId = mark === undefined ? undefined : wanted.get(mark);
    return callId === undefined ? [] : [{ pid: Number(words[0]), callId }];
  });
}
