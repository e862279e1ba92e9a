import type { Closing } from "../../agent/ports.ts";
import type { ToolContext } from "../define-tool.ts";
import { protectedLinks } from "../files/hard-links.ts";
import { ripgrepPath } from "../files/ripgrep.ts";
import { closedPlaces } from "../sandbox/closed-places.ts";
import { visibleName } from "../visible-text.ts";

/** Real paths that rules close to a command that runs now. */
interface Closed {
  reading: string[];
  writing: string[];
  /** The workspace, where a rule closes all of it. */
  isWorkspaceClosed: boolean;
}

/**
 * What rules close to a sandboxed command, looked for in workspace, home folder, the folder that it runs in and whatever
 * its line names; or why that cannot be kept from it.
 */
export async function closedToCommand(context: ToolContext): Promise<Closed | { why: string }> {
  const { closes, workspace, home, facts, environment } = context;
  const { reading, writing } = closes;
  const isWorkspaceClosed = [reading, writing].some((closing) => closing?.closedBy(workspace) !== undefined);
  if (reading === undefined && writing === undefined) return { reading: [], writing: [], isWorkspaceClosed };
  const named = [...(facts.paths ?? []), ...(facts.named ?? [])].filter((path) => path !== "/");
  const ripgrep = (await ripgrepPath(environment)) ?? "rg";
  const around = { folders: [workspace, home, ...named], ripgrep };
  const places = async (closing: Closing | undefined) =>
    closing === undefined ? { paths: [] } : closedPlaces(closing, around);
  const [unread, unwritten] = await Promise.all([places(reading), places(writing)]);
  if ("why" in unread) return unread;
  if ("why" in unwritten) return unwritten;
  const [link] = await protectedLinks(facts.named ?? [], unread.paths);
  if (link !== undefined) return { why: `${visibleName(link)} is another name of a file that a rule closes.` };
  return { reading: unread.paths, writing: unwritten.paths, isWorkspaceClosed };
}

/** The first path that a command names, or runs in, and rules close by now. */
export function namedClosed({
  closes: { reading },
  facts: { paths = [], named = [] },
}: ToolContext): string | undefined {
  return reading && [...paths, ...named].find((path) => reading.closedBy(path) !== undefined);
}
