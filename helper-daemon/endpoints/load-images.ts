import type { ModelRequest } from "../../src/agent/ports.ts";

/** Bytes of a blob from an offset on. */
export type ReadBlob = (
  name: string,
  offset: number,
  length: number,
) => Promise<{ bytes: Uint8Array; total: number } | undefined>;

/** Base64 of the images of a request, by `keyOf`. What cannot be sent is left out. */
export type LoadedImages = ReadonlyMap<string, string>;

/** A request with the bytes of its images. */
export interface LoadedRequest extends ModelRequest {
  images: LoadedImages;
}

/** The same bytes may be called another type elsewhere. */
export function keyOf({ mediaType, blob }: { mediaType: string; blob: string }): string {
  return `${mediaType} ${blob}`;
}

/** What the Messages API takes, and as much of it as one image may have. */
const SENDABLE = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

/** Reads the images that a request names. */
export async function withImages(request: ModelRequest, readBlob: ReadBlob): Promise<LoadedRequest> {
  const images = new Map<string, string>();
  for (const block of request.messages.flatMap((message) => message.content)) {
    if (block.type !== "image" || images.has(keyOf(block)) || !SENDABLE.has(block.mediaType)) continue;
    const found = await readBlob(block.blob, 0, MAX_IMAGE_BYTES);
    if (found === undefined || found.total > MAX_IMAGE_BYTES) continue;
    images.set(keyOf(block), Buffer.from(found.bytes).toString("base64"));
  }
  return { ...request, images };
}
