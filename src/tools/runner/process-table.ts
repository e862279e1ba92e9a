import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
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

/** How many processes there are, on Linux. Costs the same however many they are. */
export function processCount(): number {
  return statSync("/proc").nlink;
}

/** Some pids from all over the table, on Linux. */
export function samplePids(count: number): number[] {
  const pids = linuxPids();
  const step = Math.max(1, Math.floor(pids.length / count));
  return pids.filter((_, index) => index % step === 0);
}

/** A chain of parents that is longer belongs to whoever makes so many processes. */
const LONGEST_CHAIN = 64;

/** Whether a process descends from another, on Linux; undefined if it is gone. */
export function descendsFrom(pid: number, ancestor: number): boolean | undefined {
  let parent = linuxParent(pid);
  if (parent === undefined) return undefined;
  for (let length = 1; length < LONGEST_CHAIN; length += 1) {
    if (parent === ancestor) return true;
    if (parent === undefined || parent <= 1) return false;
    parent = linuxParent(parent);
  }
  return true;
}

function linuxPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function linuxRow(pid: number): ProcessRow | undefined {
  const fields = linuxFields(pid);
  const [state, , group] = fields;
  const startTime = fields[19];
  if (state === undefined || group === undefined || startTime === undefined) return undefined;
  return { pid, isAlive: !"ZXx".includes(state), group: Number(group), startTime };
}

function linuxParent(pid: number): number | undefined {
  const [, parent] = linuxFields(pid);
  return parent === undefined ? undefined : Number(parent);
}

/** What the kernel tells of a process after its name, beginning with its state; nothing if there is none. */
function linuxFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold anything; the rest is numbers.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function linuxMarked(wanted: ReadonlyMap<string, string>): MarkedProcess[] {
  const marks = [...wanted].map(([mark, callId]) => ({ mark: Buffer.from(mark), callId }));
  return linuxPids().flatMap((pid) => {
    const environment = linuxEnvironment(pid);
    const found = environment && marks.find(({ mark }) => hasVariable(environment, mark));
    return found === undefined || !linuxRow(pid)?.isAlive ? [] : [{ pid, callId: found.callId }];
  });
}

/** Environments are looked at by the hundred after each call, so they are read into one place and never become text. */
const room = Buffer.alloc(256 * 1024);

function linuxEnvironment(pid: number): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(`/proc/${pid}/environ`, "r");
    let length = 0;
    for (let read = -1; read !== 0 && length < room.length; length += read) {
      read = readSync(file, room, length, room.length - length, null);
    }
    return room.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Whether `NAME=value` is one whole variable of an environment. */
function hasVariable(environment: Buffer, variable: Buffer): boolean {
  for (let at = environment.indexOf(variable); at !== -1; at = environment.indexOf(variable, at + 1)) {
    const end = at + variable.length;
    const isWhole = (at === 0 || environment[at - 1] === 0) && (end === environment.length || environment[end] === 0);
    if (isWhole) return true;
  }
  return false;
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
