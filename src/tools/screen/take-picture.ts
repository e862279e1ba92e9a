import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolContext } from "../define-tool.ts";
import type { Rect } from "../system/platform/desktop.ts";
import { runDesktop } from "../system/platform/run-desktop.ts";
import { pngSize } from "./png-size.ts";

/** A picture as a model may get it. */
export interface Picture {
  bytes: Buffer;
  width: number;
  height: number;
}

/** The long side in pixels above which models make a picture smaller themselves, and what is tried if it is too large still. */
const LONG_SIDES = [1568, 1024, 640];
/** Base64 of this is just under the 5 MB that endpoints take. */
const MAX_BYTES = 3_750_000;
/** A file of more bytes is not read at all. */
const MOST_READ = 64 * 1024 * 1024;

/** Takes a picture of a part of the screen, small enough for a model. Its file is gone afterwards, whatever happens. */
export async function takePicture(context: ToolContext, rect: Rect): Promise<Picture | { problem: string }> {
  const folder = await mkdtemp(join(tmpdir(), "loopd-picture-"));
  try {
    const file = join(folder, "picture.png");
    const end = await runDesktop(context, (desktop) => desktop.takePicture(rect, file));
    if (end.type !== "done") return { problem: end.why };
    return await smallEnough(context, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function smallEnough(context: ToolContext, file: string): Promise<Picture | { problem: string }> {
  let picture = await read(file);
  for (const longest of LONG_SIDES) {
    if (picture === undefined) return { problem: "The program for pictures left no PNG, so there is none." };
    if (fits(picture)) return picture;
    const { width, height } = picture;
    const end = await runDesktop(context, (desktop) => desktop.shrinkPicture(file, longest));
    if (end.type !== "done") {
      const size = `The picture has ${width} × ${height} pixels, more than a model takes (${LONG_SIDES[0]} on the long side, ${MAX_BYTES / 1e6} MB), and it could not be made smaller.`;
      return { problem: `${size} ${end.why} Or choose a smaller region.` };
    }
    picture = await read(file);
  }
  if (picture !== undefined && fits(picture)) return picture;
  return { problem: "The picture is too large for a model however small it is made. Choose a smaller region." };
}

function fits({ bytes, width, height }: Picture): boolean {
  return Math.max(width, height) <= (LONG_SIDES[0] ?? 0) && bytes.length <= MAX_BYTES;
}

async function read(file: string): Promise<Picture | undefined> {
  const { size = 0 } = await stat(file).catch(() => ({ size: 0 }));
  if (size === 0 || size > MOST_READ) return undefined;
  const bytes = await readFile(file);
  const pixels = pngSize(bytes);
  return pixels === undefined ? undefined : { bytes, ...pixels };
}
