import { Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** A server that packs a body more often than that has something else in mind. */
const MAX_LAYERS = 2;

/** A body as far as it was read. */
export interface PageBody {
  bytes: Buffer;
  /** Whether there is more of it. */
  isCut: boolean;
}

/** A body that cannot be unpacked; the message says why. */
export class BodyTrouble extends Error {}

/**
 * The first `maxBytes` of a body, unpacked as its `content-encoding` says. Neither the packed nor the unpacked body is ever
 * kept beyond that, so one that unpacks to a thousand times its size costs no more than another.
 * @throws BodyTrouble; else what the stream throws
 */
export async function bodyWithin(stream: Readable, encoding: string, maxBytes: number): Promise<PageBody> {
  const names = encoding.toLowerCase().split(",");
  const layers = names.map((name) => name.trim()).filter((name) => name !== "" && name !== "identity");
  if (layers.length > MAX_LAYERS) throw new BodyTrouble(`The page is packed ${layers.length} times over.`);
  let body = await readWithin(stream, maxBytes);
  for (const name of layers.reverse()) body = await unpacked(body, name, maxBytes);
  return body;
}

async function unpacked(packed: PageBody, name: string, maxBytes: number): Promise<PageBody> {
  const chunks: Buffer[] = [];
  const unpacker = unpackerOf(name, packed.bytes);
  try {
    return await readWithin(Readable.from([packed.bytes]).pipe(unpacker), maxBytes, chunks);
  } catch (cause) {
    // The end of what was cut off is missing, of course.
    if (packed.isCut) return { bytes: Buffer.concat(chunks), isCut: true };
    throw new BodyTrouble(`The page cannot be unpacked (${name}): it is damaged.`, { cause });
  }
}

function unpackerOf(name: string, packed: Buffer): Transform {
  if (name === "gzip" || name === "x-gzip") return createGunzip();
  if (name === "br") return createBrotliDecompress();
  if (name !== "deflate") throw new BodyTrouble("The page is packed in a way that was not asked for.");
  // Some servers leave out the two bytes that the standard wants in front.
  return ((packed[0] ?? 8) & 15) === 8 ? createInflate() : createInflateRaw();
}

async function readWithin(stream: Readable, maxBytes: number, chunks: Buffer[] = []): Promise<PageBody> {
  let total = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    total += chunk.length;
    // Leaving the loop ends the stream.
    if (total > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isCut: total > maxBytes };
}
