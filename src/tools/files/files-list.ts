import { access, constants, lstat, readlink } from "node:fs/promises";
import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { isLeftOut, protectedBelow } from "../protected-paths.ts";
import { visibleName } from "../visible-text.ts";
import { BestOf } from "./best-of.ts";
import { globTest, globText } from "./glob.ts";
import { missingWords } from "./missing.ts";
import { decidedPath, inspectRead, systemText } from "./resolve-path.ts";
import { walk } from "./walk.ts";

interface Item {
  relative: string;
  path: string;
  kind: "file" | "folder" | "link";
  /** True size in bytes; a folder has none of its own. */
  size: number;
  modified: number;
}

const input = z.object({
  path: systemText.default("."),
  recursive: z.boolean().default(false),
  sort: z.enum(["name", "size", "modified"]).default("name"),
  limit: z.number().int().min(1).max(1000).default(100),
  exclude: z.array(globText).max(50).optional(),
  pattern: globText.optional(),
});
type Input = z.output<typeof input>;

const byName = (a: Item, b: Item): number => (a.relative < b.relative ? -1 : 1);
const orders: Record<Input["sort"], (a: Item, b: Item) => number> = {
  name: byName,
  size: (a, b) => b.size - a.size || byName(a, b),
  modified: (a, b) => b.modified - a.modified || byName(a, b),
};

/** Lists a folder with true sizes in bytes: newest or largest first, or by name. Links are shown, never followed. */
export const filesList = defineTool<Input>({
  name: "files_list",
  group: "files",
  effect: "read",
  isIdempotent: true,
  timeLimit: "internal",
  description:
    "List a folder: counts, total bytes, then size and path of each. recursive lists all files below. pattern, exclude: globs.",
  input,
  examples: [{ path: ".", recursive: true, sort: "size", limit: 10 }],
  inspect: ({ path }, place) => inspectRead(path, place),
  async run(request, context) {
    const root = decidedPath(context.facts);
    const problem = await folderProblem(root, context.isClosed);
    return problem === undefined ? list(root, request, context) : { text: problem, isError: true };
  },
});

async function folderProblem(root: string, isClosed: ToolContext["isClosed"]): Promise<string | undefined> {
  const stats = await lstat(root).catch(() => undefined);
  if (stats === undefined) return missingWords(root, isClosed);
  if (!stats.isDirectory()) return `${visibleName(root)} is no folder. Read a file with files_read.`;
  const isReadable = await access(root, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  return isReadable ? undefined : `${visibleName(root)} may not be read by this user.`;
}

async function list(root: string, request: Input, context: ToolContext): Promise<ToolResult> {
  const isExcluded = request.exclude ? globTest(request.exclude) : () => false;
  const isWanted = request.pattern ? globTest([request.pattern]) : () => true;
  const below = protectedBelow(root, context.protectedPaths);
  const best = new BestOf<Item>(request.limit, orders[request.sort]);
  const seen = { files: 0, folders: 0, bytes: 0, items: 0, excluded: 0, protected: 0, closed: 0 };

  const walked = await walk(root, {
    signal: context.signal,
    visit(path, relative) {
      if (isLeftOut(path, below)) seen.protected += 1;
      else if (isExcluded(relative)) seen.excluded += 1;
      else return request.recursive ? "enter" : "take";
      return "skip";
    },
    met(one) {
      if (!isWanted(one.relative)) return;
      const { path, relative } = one;
      if (context.isClosed(path)) {
        seen.closed += 1;
        return;
      }
      if (one.type === "folder") {
        seen.folders += 1;
        if (request.recursive) return;
        best.add({ path, relative, kind: "folder", size: -1, modified: 0 });
      } else {
        seen.files += 1;
        seen.bytes += one.stats.size;
        const kind = one.stats.isSymbolicLink() ? "link" : "file";
        best.add({ path, relative, kind, size: one.stats.size, modified: one.stats.mtimeMs });
      }
      seen.items += 1;
    },
  });

  const items = best.list();
  const notes = [
    items.length < seen.items && `showing ${grouped(items.length)} of ${grouped(seen.items)}`,
    !walked.isComplete && "stopped before all of it was seen",
    seen.excluded > 0 && `${grouped(seen.excluded)} left out by exclude`,
    seen.protected > 0 && `${grouped(seen.protected)} protected left out`,
    seen.closed > 0 && `${grouped(seen.closed)} left out by a rule`,
    walked.unreadable > 0 && `${grouped(walked.unreadable)} could not be read`,
  ].filter((note) => note !== false);
  const lines = [
    `${seen.files} files, ${seen.folders} folders, ${seen.bytes} bytes under ${visibleName(request.path)}`,
    ...(notes.length > 0 ? [`[${notes.join("; ")}]`] : []),
    ...(await Promise.all(items.map(lineOf))),
  ];
  const paths = items.map(({ path }) => path);
  const text = lines.join("\n");
  return { text, isError: !walked.isComplete, taints: await context.sourcesOf(paths, "names") };
}

async function lineOf(item: Item): Promise<string> {
  const name = visibleName(item.relative);
  if (item.kind === "folder") return `-\t${name}/`;
  if (item.kind === "file") return `${item.size}\t${name}`;
  const target = await readlink(item.path).catch(() => "?");
  return `${item.size}\t${name} -> ${visibleName(target)}`;
}
