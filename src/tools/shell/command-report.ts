import { cutOutput, grouped } from "../cut-output.ts";
import { knownKind, looksBinary } from "../files/looks-like.ts";
import { MAX_KEPT_BYTES, type SpooledOutput } from "../runner/output-spool.ts";
import type { ProcessEnd } from "../runner/run-process.ts";

type Ended = Extract<ProcessEnd, { type: "ended" }>;

/** What a report is made of. */
export interface CommandReport {
  end: Ended;
  output: SpooledOutput;
  /** Words about the sandbox, one line each. */
  hints: readonly string[];
  /** The command's own limit, if it was that which ended it. */
  timeLimitSeconds?: number;
  /** Most processes that it might have, where they were counted. */
  maxProcesses: number | undefined;
  /** Bytes of text that may reach the model. */
  outputBytes: number;
}

/** How a command ended, what there is to know about it, and its output: as much of both ends as has room. */
export function commandReport(report: CommandReport): string {
  const { output, hints, outputBytes } = report;
  const notes = [...notesOn(report), ...hints].map((note) => `[${note}]`);
  const lines = [endWords(report), ...notes].map((line) => `${line}\n`).join("");
  const room = Math.max(0, outputBytes - Buffer.byteLength(lines) - "ERROR: ".length);
  return `${lines}${bodyOf(output, room)}`;
}

function endWords({ end, timeLimitSeconds, maxProcesses }: CommandReport): string {
  if (end.isCrowded) return `stopped because it had started more than ${grouped(maxProcesses ?? 0)} processes`;
  if (end.isAborted) {
    const why = timeLimitSeconds === undefined ? "" : `: timeLimitSeconds was ${timeLimitSeconds}`;
    return `stopped before it was done${why}`;
  }
  return end.code === undefined ? `ended by ${end.signal ?? "a signal"}` : `exit code ${end.code}`;
}

function notesOn({ end, output }: CommandReport): string[] {
  const notes: string[] = [];
  if (end.hadBackground) notes.push("what it had left running in the background was ended");
  if (end.isLeftRunning) notes.push("something that it started could not be ended and may still run");
  if (output.blob !== undefined && output.kept < output.total) {
    const kept = `only the first ${grouped(MAX_KEPT_BYTES)} were kept`;
    notes.push(`${grouped(output.total)} bytes of output; ${kept}`);
  }
  return notes;
}

function bodyOf(output: SpooledOutput, room: number): string {
  if (!looksBinary(output.head.subarray(0, 8192) as Buffer)) return cutOutput(output, room, output.blob);
  const kind = knownKind(output.head as Buffer);
  const looks = kind === undefined ? "" : `; it looks like ${kind}`;
  return `[binary output of ${grouped(output.total)} bytes is not shown${looks}. Send it to a file to keep it.]`;
}
