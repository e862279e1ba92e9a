import { stat } from "node:fs/promises";
import * as z from "zod";
import { hostGrantSchema } from "../../protocol/config.ts";
import { defineTool, type Place, type ToolContext, type ToolResult } from "../define-tool.ts";
import { decidedPath, inspectPath, systemText } from "../files/resolve-path.ts";
import { isInside } from "../protected-paths.ts";
import { turnVariables } from "../runner/environment.ts";
import { OutputSpool } from "../runner/output-spool.ts";
import { runProcess } from "../runner/run-process.ts";
import type { SandboxedCommand } from "../sandbox/sandbox.ts";
import { visibleName, visibleText } from "../visible-text.ts";
import { closedToCommand, namedClosed } from "./closed-to-command.ts";
import { commandReport } from "./command-report.ts";
import { uncoveredHosts } from "./host-grants.ts";
import { namedIn } from "./named-in-line.ts";
import { sandboxHints } from "./sandbox-hints.ts";
import { simpleCommand } from "./simple-command.ts";

const input = z.object({
  command: z
    .string()
    .min(1)
    .max(32_000)
    .refine((text) => !text.includes("\0"), "text without NUL characters"),
  folder: systemText.default("."),
  timeLimitSeconds: z.number().int().min(1).max(86_400).optional(),
  domains: z.array(hostGrantSchema).max(20).default([]),
  outside: z.boolean().default(false),
});
type Input = z.output<typeof input>;

/** One pipe for both outputs keeps their order; the outer shell becomes the inner one. */
const MERGED = 'exec /bin/sh -c "$1" 2>&1';

/** Runs a line of shell with no input, no secrets and no process left behind; in the sandbox where there is one. */
export const shellRun = defineTool<Input>({
  name: "shell_run",
  group: "shell",
  effect: "exec",
  isIdempotent: false,
  timeLimit: "other",
  description:
    "Run a command with /bin/sh, no stdin, nothing left in the background. Answers exit code and output. A sandbox lets it write in the workspace and $TMPDIR and reach `domains`; `outside` leaves it.",
  input,
  examples: [{ command: "git status --short" }],
  async inspect({ command, folder, domains, outside }, place) {
    const argv = simpleCommand(command);
    const where = await inspectPath(folder, place);
    const what = { ...(argv ? { argv } : {}), isCompound: argv === undefined, preview: visibleText(command) };
    const isSandboxed = !outside && (await place.sandbox.status()).isUsable;
    const hosts = isSandboxed ? { domains: uncoveredHosts(domains, place.sandbox.domains()) } : {};
    const reached = isSandboxed ? domains.map((host) => `web ${host.toLowerCase()}`) : [];
    if (where.isProtected === true) return { ...where, ...what, isSandboxed, ...hosts, sources: reached };
    const { sources, paths } = await namedIn({ command, argv }, decidedPath(where), place);
    return { ...where, ...what, isSandboxed, ...hosts, sources: [...new Set([...reached, ...sources])], named: paths };
  },
  async run(request, context) {
    const folder = decidedPath(context.facts);
    const stats = await stat(folder).catch(() => undefined);
    if (!stats?.isDirectory()) {
      return { text: `There is no folder ${visibleName(request.folder)} to run in. Nothing was run.`, isError: true };
    }
    const closed = namedClosed(context);
    if (closed !== undefined) {
      return { text: `A rule closes ${visibleName(closed)} by now. Nothing was run.`, isError: true };
    }
    const spool = new OutputSpool(context.outputBytes);
    try {
      return context.facts.isSandboxed === true
        ? await runInside(folder, request, context, spool)
        : await runIn(folder, request, context, spool, undefined);
    } finally {
      await spool.discard();
    }
  },
});

async function runInside(
  folder: string,
  request: Input,
  context: ToolContext,
  spool: OutputSpool,
): Promise<ToolResult> {
  const { command, domains } = request;
  const closed = await closedToCommand(context);
  if ("why" in closed) return { text: notSetUp(closed.why), isError: true };
  const wrapped = await context.sandbox.wrap({
    ...{ command, domains, denyRead: [...context.protectedPaths, ...closed.reading], denyWrite: closed.writing },
    writable: closed.isWorkspaceClosed ? undefined : writableOf(context),
  });
  if ("why" in wrapped) {
    return { text: notSetUp(wrapped.why), isError: true };
  }
  let isReleased = false;
  const release = () => {
    isReleased = true;
    return wrapped.release();
  };
  try {
    return await runIn(folder, request, context, spool, { ...wrapped, release, hidden: closed.reading.length });
  } finally {
    if (!isReleased) await release();
  }
}

function notSetUp(why: string): string {
  return `The sandbox could not be set up, so nothing was run: ${why}\nTo ask for running it without, call again with "outside": true.`;
}

/** A workspace that holds the person's home has too much in it that runs by itself, such as programs at log-in. */
function writableOf({ workspace, home }: Place): string | undefined {
  return isInside(home, workspace) ? undefined : workspace;
}

async function runIn(
  folder: string,
  request: Input,
  context: ToolContext,
  spool: OutputSpool,
  sandboxed: (SandboxedCommand & { hidden: number }) | undefined,
): Promise<ToolResult> {
  const ownLimit = request.timeLimitSeconds === undefined ? [] : [AbortSignal.timeout(request.timeLimitSeconds * 1000)];
  const plain = { file: "/bin/sh", args: ["-c", MERGED, "sh", request.command] };
  const program = sandboxed ?? plain;
  const end = await runProcess({
    callId: context.callId,
    signal: AbortSignal.any([context.signal, ...ownLimit]),
    spawned: (pid, startTime) => context.spawned(pid, startTime),
    environment: context.environment,
    file: program.file,
    args: program.args,
    added: { ...turnVariables(context.env), ...sandboxed?.environment },
    contained: sandboxed?.contained,
    folder,
    onOutput: (chunk) => spool.write(chunk),
  });
  if (end.type === "not-started") return { text: `The command could not be started: ${end.why}`, isError: true };
  const report = await sandboxed?.release();
  if (sandboxed !== undefined && /^(?:bwrap|apply-seccomp): |cgroup\.procs/m.test(end.errors)) {
    return { text: notSetUp(visibleText(end.errors.trim())), isError: true };
  }
  const output = await spool.finish(context);
  const isWritable = writableOf(context) !== undefined;
  const text = commandReport({
    ...{ end, output, maxProcesses: sandboxed?.contained.most, outputBytes: context.outputBytes },
    hints:
      report === undefined ? [] : sandboxHints({ end, output, report, isWritable, hidden: sandboxed?.hidden ?? 0 }),
    timeLimitSeconds: context.signal.aborted ? undefined : request.timeLimitSeconds,
  });
  const isError = end.isAborted || end.isCrowded;
  return { text, ...(isError ? { isError } : {}), ...(output.blob === undefined ? {} : { blob: output.blob }) };
}
