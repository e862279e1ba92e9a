import { stat } from "node:fs/promises";
import * as z from "zod";
import { cutOutput, grouped } from "../cut-output.ts";
import { defineTool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { knownKind, looksBinary } from "../files/looks-like.ts";
import { decidedPath, inspectPath, systemText } from "../files/resolve-path.ts";
import { MAX_KEPT_BYTES, OutputSpool, type SpooledOutput } from "../runner/output-spool.ts";
import { type ProcessEnd, runProcess } from "../runner/run-process.ts";
import { visibleName, visibleText } from "../visible-text.ts";
import { simpleCommand } from "./simple-command.ts";

const input = z.object({
  command: z
    .string()
    .min(1)
    .max(32_000)
    .refine((text) => !text.includes("\0"), "text without NUL characters"),
  folder: systemText.default("."),
  timeLimitSeconds: z.number().int().min(1).max(86_400).optional(),
});
type Input = z.output<typeof input>;

/** One pipe for both outputs keeps their order; the outer shell becomes the inner one. */
const MERGED = 'exec /bin/sh -c "$1" 2>&1';

/** Runs a line of shell in the workspace, with no input, no secrets and no process left behind. */
export const shellRun = defineTool<Input>({
  name: "shell_run",
  group: "shell",
  effect: "exec",
  isIdempotent: false,
  timeLimit: "other",
  description:
    "Run a command with /bin/sh: no stdin, nothing stays in the background. Answers exit code, then stdout and stderr.",
  input,
  examples: [{ command: "git status --short" }],
  async inspect({ command, folder }, place) {
    const argv = simpleCommand(command);
    const where = await inspectPath(folder, place);
    return { ...where, ...(argv ? { argv } : {}), isCompound: argv === undefined, preview: visibleText(command) };
  },
  async run(request, context) {
    const folder = decidedPath(context.facts);
    const stats = await stat(folder).catch(() => undefined);
    if (!stats?.isDirectory()) {
      return { text: `There is no folder ${visibleName(request.folder)} to run in. Nothing was run.`, isError: true };
    }
    const spool = new OutputSpool(context.outputBytes);
    try {
      return await runIn(folder, request, context, spool);
    } finally {
      await spool.discard();
    }
  },
});

async function runIn(folder: string, request: Input, context: ToolContext, spool: OutputSpool): Promise<ToolResult> {
  const ownLimit = request.timeLimitSeconds === undefined ? [] : [AbortSignal.timeout(request.timeLimitSeconds * 1000)];
  const end = await runProcess({
    callId: context.callId,
    signal: AbortSignal.any([context.signal, ...ownLimit]),
    spawned: (pid, startTime) => context.spawned(pid, startTime),
    environment: context.environment,
    file: "/bin/sh",
    args: ["-c", MERGED, "sh", request.command],
    folder,
    onOutput: (chunk) => spool.write(chunk),
  });
  if (end.type === "not-started") return { text: `The command could not be started: ${end.why}`, isError: true };
  const output = await spool.finish(context);
  const lines = [endWords(end, context.signal.aborted ? undefined : request.timeLimitSeconds), ...notesOn(end, output)]
    .map((line) => `${line}\n`)
    .join("");
  const room = Math.max(0, context.outputBytes - Buffer.byteLength(lines) - "ERROR: ".length);
  return {
    text: `${lines}${bodyOf(output, room)}`,
    ...(end.isAborted ? { isError: true } : {}),
    ...(output.blob === undefined ? {} : { blob: output.blob }),
  };
}

type Ended = Extract<ProcessEnd, { type: "ended" }>;

function endWords(end: Ended, timeLimitSeconds: number | undefined): string {
  if (end.isAborted) {
    const why = timeLimitSeconds === undefined ? "" : `: timeLimitSeconds was ${timeLimitSeconds}`;
    return `stopped before it was done${why}`;
  }
  return end.code === undefined ? `ended by ${end.signal ?? "a signal"}` : `exit code ${end.code}`;
}

function notesOn(end: Ended, output: SpooledOutput): string[] {
  const notes: string[] = [];
  if (end.hadBackground) notes.push("[what it had left running in the background was ended]");
  if (end.isLeftRunning) notes.push("[something that it started could not be ended and may still run]");
  if (output.blob !== undefined && output.kept < output.total) {
    const kept = `only the first ${grouped(MAX_KEPT_BYTES)} were kept`;
    notes.push(`[${grouped(output.total)} bytes of output; ${kept}]`);
  }
  return notes;
}

function bodyOf(output: SpooledOutput, room: number): string {
  if (!looksBinary(output.head.subarray(0, 8192) as Buffer)) return cutOutput(output, room, output.blob);
  const kind = knownKind(output.head as Buffer);
  const looks = kind === undefined ? "" : `; it looks like ${kind}`;
  return `[binary output of ${grouped(output.total)} bytes is not shown${looks}. Send it to a file to keep it.]`;
}
