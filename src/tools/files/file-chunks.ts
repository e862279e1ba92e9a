import type { FileHandle } from "node:fs/promises";

const CHUNK_BYTES = 256 * 1024;

/** How much of a file is looked at before the rest is read; a file that ends before that has been read whole. */
export const STARTING_BYTES = 8192;

/**
 * Bytes of a file, whose first `STARTING_BYTES` (or all of it) are there already. Each chunk is valid only until the next one is asked for. Ends when the signal
 * fires.
 */
export async function* fileChunks(start: Buffer, handle: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer> {
  yield start;
  if (start.length < STARTING_BYTES) return;
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = start.length;
  while (!signal.aborted) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The chunks as bytes in which a line ends with 0x0A and nothing else does: UTF-16 becomes UTF-8, the rest stays. A byte
 * order mark at the start is left out.
 */
export async function* utf8Chunks(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  if (encoding.startsWith("utf-16")) {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
    return;
  }
  let isFirst = encoding === "utf-8";
  for await (const chunk of chunks) {
    const isMarked = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    isFirst = false;
    yield isMarked ? chunk.subarray(3) : chunk;
  }
}
