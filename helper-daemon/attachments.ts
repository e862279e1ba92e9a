import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Attach, Attachment } from "../src/protocol/attachment.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import { cutOutput } from "../src/tools/cut-output.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Effective } from "./turns.ts";

/** Where files go, and what is known of the model that reads them. */
interface AttachOptions {
  tools: Pick<ToolWorld, "placeAt">;
  profiles: Pick<Profiles, "windowOf">;
}

/** Of the model's window, all texts together may take that part at once; they stay in it as long as the turn goes on. */
const SHARE = 1 / 8;
const MAX_BYTES = 32 * 1024 * 1024;
/** What services take of one image. */
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

/**
 * Copies files into blobs, as they were when a face looked at them. A text comes with as much of it as the model reads at
 * once; the rest is behind `read_more`.
 * @throws LoopdError `usage`, naming the file, for whatever cannot be shown to the model.
 */
export async function takeAttachments(
  wanted: readonly Attach[],
  chosen: Pick<Effective, "endpoint" | "model" | "takesImages">,
  { tools, profiles }: AttachOptions,
): Promise<Attachment[]> {
  const place = tools.placeAt("");
  const files = await Promise.all(wanted.map(async (one) => ({ path: one.path, bytes: await bytesOf(one) })));
  const kinds = files.map(({ path, bytes }) => kindOf(path, bytes, chosen));
  const window = profiles.windowOf(chosen.endpoint, chosen.model);
  const room = window === undefined ? place.outputBytes : Math.floor((window.tokens * SHARE * 3.5) / window.factor);
  const each = Math.floor(room / Math.max(1, kinds.filter((kind) => kind === TEXT).length));
  return Promise.all(
    files.map(async ({ path, bytes }, index): Promise<Attachment> => {
      const mediaType = kinds[index] ?? TEXT;
      const blob = await place.saveBlob(bytes);
      const text =
        mediaType === TEXT ? { text: cutOutput({ head: bytes, tail: bytes, total: bytes.length }, each, blob) } : {};
      return { path, mediaType, bytes: bytes.length, blob, ...text };
    }),
  );
}

const TEXT = "text/plain";

async function bytesOf({ path, hash }: Attach): Promise<Buffer> {
  const bytes = await readWhole(path);
  if (createHash("sha256").update(bytes).digest("hex") === hash) return bytes;
  throw refused(path, "it was changed meanwhile. Ask again");
}

/** Only regular files: a pipe would be waited for, for ever. */
async function readWhole(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((thrown: NodeJS.ErrnoException) => {
    throw refused(path, `it cannot be read (${thrown.code ?? thrown.message})`);
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw refused(path, "it is no file");
    if (status.size > MAX_BYTES) {
      throw refused(path, "it is larger than 32 MiB. Name it in the question, so that the model reads it in parts");
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

const IMAGES: readonly [mediaType: string, begins: RegExp][] = [
  ["image/png", /^\x89PNG\r\n/],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
];

/** By its bytes: names may say anything. */
function kindOf(
  path: string,
  bytes: Buffer,
  { endpoint, model, takesImages }: Parameters<typeof takeAttachments>[1],
): string {
  const head = bytes.toString("latin1", 0, 16);
  const image = IMAGES.find(([, begins]) => begins.test(head))?.[0];
  if (image !== undefined) {
    const advice = `If it does: loopd endpoints set ${endpoint} --vision`;
    if (!takesImages) throw refused(path, `the model ${model} at ${endpoint} takes no images. ${advice}`);
    if (bytes.length > MAX_IMAGE_BYTES) throw refused(path, "an image may have 5 MiB. Make it smaller");
    return image;
  }
  if (isUtf8(bytes) && !bytes.includes(0)) return TEXT;
  throw refused(path, "it is neither text in UTF-8 nor an image in PNG, JPEG, GIF or WebP. Convert it first");
}

function refused(path: string, why: string): LoopdError {
  return new LoopdError("usage", `${path} was not attached, and nothing was asked: ${why}.`);
}
