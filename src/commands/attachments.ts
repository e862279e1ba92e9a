import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Attach, MAX_ATTACHMENTS } from "../protocol/attachment.ts";
import { LoopdError } from "../protocol/errors.ts";

/** Files as the helper takes them, by path and hash. @throws LoopdError `usage`, naming the file that is none */
export async function attachmentsOf(paths: readonly string[], folder: string): Promise<Attach[]> {
  if (paths.length > MAX_ATTACHMENTS) throw usage(`A turn takes at most ${MAX_ATTACHMENTS} attachments.`);
  return Promise.all(paths.map((path) => attachmentOf(resolve(folder, path))));
}

async function attachmentOf(path: string): Promise<Attach> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw usage(`There is no file ${path} to attach.`);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash).catch((cause: NodeJS.ErrnoException) => {
    throw usage(`${path} cannot be read (${cause.code ?? cause.message}), so nothing was asked.`);
  });
  return { path, hash: hash.digest("hex") };
}

function usage(message: string): LoopdError {
  return new LoopdError("usage", message);
}
