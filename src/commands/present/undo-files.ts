import type { FileUndo } from "../../protocol/requests.ts";
import { plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

const MOST_FILES = 8;
const LONGEST_PATH = 100;

const isChange = ({ result }: FileUndo): boolean => result === "restored" || result === "removed";
const VERBS: Record<FileUndo["result"], string> = {
  restored: "put back",
  removed: "removed: the session made it",
  unchanged: "is as it was",
  conflict: "left alone: somebody changed it since",
  failed: "could not be put back",
};

/** What to ask before files are put back, from a dry run; or why there is nothing to ask. */
export function filesAlert(
  files: readonly FileUndo[],
): { type: "nothing"; message: string } | { type: "ask"; title: string; message: string } {
  const changes = files.filter(isChange);
  if (files.length === 0) return { type: "nothing", message: "The session changed no files." };
  if (changes.length === 0) return { type: "nothing", message: filesDone(files) };
  const lines = files
    .slice(0, MOST_FILES)
    .map(({ path, result }) => `${oneLine(path, LONGEST_PATH)}: ${VERBS[result]}`);
  const more = files.length > MOST_FILES ? [`and ${files.length - MOST_FILES} more`] : [];
  return { type: "ask", title: `Put ${plural(changes.length, "File")} Back?`, message: [...lines, ...more].join("\n") };
}

/** What became of them. */
export function filesDone(files: readonly FileUndo[]): string {
  const count = (result: FileUndo["result"]) => files.filter((file) => file.result === result).length;
  const parts = [
    [count("restored") + count("removed"), "as before"],
    [count("unchanged"), "not changed"],
    [count("conflict"), "left alone, changed by somebody else since"],
    [count("failed"), "failed"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  return said.join(", ");
}
