import { lstat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { isInside, isProtected } from "../protected-paths.ts";
import { type ProcessEnd, runProcess } from "../runner/run-process.ts";
import { plainLine, visibleName } from "../visible-text.ts";
import { globText } from "./glob.ts";
import { protectedLinks } from "./hard-links.ts";
import { MatchLines, type Matches } from "./match-lines.ts";
import { missingWords } from "./missing.ts";
import { decidedPath, inspectRead, systemText } from "./resolve-path.ts";
import { ripgrepPath } from "./ripgrep.ts";

const input = z.object({
  pattern: systemText,
  path: systemText.default("."),
  glob: globText.optional(),
  caseSensitive: z.boolean().default(false),
  isLiteral: z.boolean().default(false),
  limit: z.number().int().min(1).max(1000).default(100),
  context: z.number().int().min(0).max(5).default(0),
});
type Input = z.output<typeof input>;

/** Longer lines show only their beginning. */
const MAX_LINE_BYTES = 300;
/** A name with a line break would end ripgrep's line in its middle, so such files are not searched. */
const NAMES_WITH_LINE_BREAKS = "!*\n*";

/** Searches that are begun again because what they found is another name of a protected file. */
const MAX_ROUNDS = 5;

const failed = (text: string): ToolResult => ({ text, isError: true });

/** Searches the text of files with ripgrep, by its rules: `.gitignore` counts; hidden and binary files are left out. */
export const filesSearch = defineTool<Input>({
  name: "files_search",
  group: "files",
  effect: "read",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Search text in files by regex (ripgrep; skips hidden, binary and .gitignore'd files). Smart case.",
  input,
  examples: [{ pattern: "TODO|FIXME", glob: "*.ts" }],
  inspect: ({ path }, place) => inspectRead(path, place),
  async run(request, context) {
    const root = decidedPath(context.facts);
    const stats = await lstat(root).catch(() => undefined);
    if (stats === undefined) return failed(await missingWords(root, context.isClosed));
    if (!stats.isFile() && !stats.isDirectory()) return failed(`${visibleName(root)} is neither a file nor a folder.`);
    const program = await ripgrepPath(context.environment);
    if (program === undefined) {
      return failed(
        "ripgrep is missing, so nothing was searched. Install it (brew install ripgrep) or run npm ci again.",
      );
    }
    const folder = stats.isDirectory() ? root : dirname(root);
    const target = stats.isDirectory() ? "." : `./${basename(root)}`;
    const closed = [...context.protectedPaths];
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { result, files } = await search(program, folder, target, request, { context, closed });
      const links = await protectedLinks(
        [...files].map((file) => join(folder, file)),
        context.protectedPaths,
      );
      const paths = [...files].map((file) => join(folder, file));
      if (links.length === 0) return { ...result, taints: await context.sourcesOf(paths, "content") };
      closed.push(...links);
    }
    return failed("Too many of the files found are other names of protected ones. Search in a smaller folder.");
  },
});

/** What a search gives to the model, and the files that it names. */
interface Found {
  result: ToolResult;
  files: ReadonlySet<string>;
}

async function search(
  program: string,
  folder: string,
  target: string,
  request: Input,
  { context, closed }: { context: ToolContext; closed: readonly string[] },
): Promise<Found> {
  const enough = new AbortController();
  const found = new MatchLines({
    limit: request.limit,
    onEnough: () => enough.abort(),
    isShown: (path) => !isProtected(join(folder, path), closed) && !context.isClosed(join(folder, path)),
  });
  const end = await runProcess({
    callId: context.callId,
    signal: AbortSignal.any([context.signal, enough.signal]),
    spawned: (pid, startTime) => context.spawned(pid, startTime),
    environment: context.environment,
    file: program,
    args: [...optionsOf(request), ...protectedGlobs(folder, closed), "--", target],
    folder,
    onOutput: (chunk) => found.write(chunk),
  });
  const matches = found.result();
  const { files } = matches;
  if (end.type === "not-started") return { result: failed(`ripgrep could not be started: ${end.why}`), files };
  const problem = problemOf(end, request);
  if (problem !== undefined && matches.lines.length === 0) return { result: failed(problem), files };
  const text = [...matches.lines, summaryOf(matches, end)].join("\n");
  return { result: context.signal.aborted ? failed(text) : { text }, files };
}

function optionsOf(request: Input): string[] {
  return [
    ...["--no-config", "--color=never", "--no-heading", "--with-filename", "--line-number", "--null"],
    ...["--sort=path", `--max-columns=${MAX_LINE_BYTES}`, "--max-columns-preview"],
    request.caseSensitive ? "--case-sensitive" : "--smart-case",
    ...(request.isLiteral ? ["--fixed-strings"] : []),
    ...(request.context > 0 ? [`--context=${request.context}`] : []),
    ...(request.glob === undefined ? [] : [`--glob=${request.glob}`]),
    `--iglob=${NAMES_WITH_LINE_BREAKS}`,
    `--regexp=${request.pattern}`,
  ];
}

/** The last matching glob wins, so these come after the person's own. */
function protectedGlobs(folder: string, protectedPaths: readonly string[]): string[] {
  const below = protectedPaths.filter((path) => path !== folder && isInside(path, folder));
  return below.map((path) => `--iglob=!/${relative(folder, path).replace(/[\\*?[\]{}!]/g, "\\$&")}`);
}

type Ended = Extract<ProcessEnd, { type: "ended" }>;

function problemOf(end: Ended, request: Input): string | undefined {
  if (end.isAborted || end.code === 0 || end.code === 1) return undefined;
  const errors = end.errors.replace(/^rg: /gm, "").trim();
  if (/^regex parse error/m.test(errors)) {
    return `The pattern is no valid regular expression.\n${errors}\nTo search for the text as it is, set isLiteral to true.`;
  }
  return `ripgrep could not search for ${JSON.stringify(plainLine(request.pattern, 80))}: ${errors || `it ended with ${end.code ?? end.signal}`}`;
}

function summaryOf(found: Matches, end: Ended): string {
  const unread = end.code === 2 ? end.errors.trim().split("\n").length : 0;
  const notes = [
    found.hasMore && `there are more; showing the first ${grouped(found.matches)}`,
    end.isAborted && !found.hasMore && "stopped before all was searched",
    found.isBinary && "the file is binary and matches, but its text is not shown",
    unread > 0 && `${grouped(unread)} could not be read`,
  ].filter((note) => note !== false);
  const count = `${found.matches} matches in ${found.files.size} files`;
  return notes.length > 0 ? `${count} [${notes.join("; ")}]` : count;
}
