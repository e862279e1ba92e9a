import { isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { LoopdError } from "../../protocol/errors.ts";
import type { Facts } from "../../protocol/values.ts";
import type { Place } from "../define-tool.ts";
import { isInside, isProtected } from "../protected-paths.ts";
import { protectedLinks } from "./hard-links.ts";
import { realPathOf } from "./real-path.ts";

/** Text that can be given to the operating system: not empty, no NUL, of sane length. */
export const systemText = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes("\0"), "text without NUL characters");

/** The real path that a tool's path argument means: `~` is the person's home, anything relative is in the workspace. */
async function resolvePath(path: string, place: Pick<Place, "workspace" | "home">): Promise<string> {
  const expanded = path === "~" || path.startsWith("~/") ? join(place.home, path.slice(1)) : path;
  return realPathOf(isAbsolute(expanded) ? expanded : resolve(place.workspace, expanded));
}

/** Facts about a call that touches one path, judged on the real path. */
export async function inspectPath(path: string, place: Place): Promise<Omit<Facts, "hash">> {
  return factsAt(await resolvePath(path, place), place);
}

async function factsAt(real: string, place: Place): Promise<Omit<Facts, "hash">> {
  const links = await protectedLinks([real], place.protectedPaths);
  return {
    paths: [real],
    inWorkspace: isInside(real, place.workspace),
    isProtected: isProtected(real, place.protectedPaths) || links.length > 0,
  };
}

/** Source of what is read outside the workspace. */
export const OUTSIDE = "files outside the workspace";

/** The same for a call that brings back what is there: text from outside the workspace is nobody's here. */
export async function inspectRead(path: string, place: Place): Promise<Omit<Facts, "hash">> {
  return withOutside(await inspectPath(path, place));
}

/** The same with what the file itself carries: a session that had read text from elsewhere may have written it. */
export async function inspectContent(path: string, place: Place): Promise<Omit<Facts, "hash">> {
  const real = await resolvePath(path, place);
  const [facts, sources] = await Promise.all([factsAt(real, place), place.sourcesOf([real], "content")]);
  return { ...withOutside(facts), sources };
}

function withOutside(facts: Omit<Facts, "hash">): Omit<Facts, "hash"> {
  return facts.inWorkspace === true ? facts : { ...facts, source: OUTSIDE };
}

/** The real path that was decided about; a tool works on this one and resolves nothing again. */
export function decidedPath(facts: Pick<Facts, "paths">): string {
  const path = facts.paths?.[0];
  if (path === undefined)
    throw new LoopdError("internal", "A call with a path was decided without one. Please report this.");
  return path;
}
