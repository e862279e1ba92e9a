import { pipeline, type Transform } from "node:stream";
import type { Dispatcher } from "undici";

/** Larger than any answer; what is larger still is a server gone mad, and would fill the memory. */
export const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** More came than any answer can hold: as it was sent, or once it was unpacked. */
class AnswerTooLarge extends Error {
  readonly code = "ANSWER_TOO_LARGE";
}

/**
 * An answer as far as model SDKs and probes read responses: status, headers and a body that is read once. Its body is a
 * stream of Node: the web streams behind a real `Response` cost more time than all else that loopd does in a step. Reading
 * it rejects with `AnswerTooLarge` where a few packed bytes become too many.
 */
export async function plainResponse({ statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<Response> {
  const read = new Headers();
  for (const [name, value = []] of Object.entries(headers)) {
    for (const one of typeof value === "string" ? [value] : value) read.append(name, one);
  }
  const packing = read.get("content-encoding");
  const plain = packing === null ? body : bounded(await unpacked(body, packing));
  const ok = status >= 200 && status < 300;
  const response = { status, ok, headers: read, body: plain, text: () => textOf(plain) };
  return response as unknown as Response;
}

async function textOf(chunks: AsyncIterable<string | Uint8Array>): Promise<string> {
  const { text } = await import("node:stream/consumers");
  return text(chunks);
}

/** What comes over the wire is bounded by whoever sends the request. */
async function* bounded(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) throw new AnswerTooLarge("too much was unpacked");
    yield chunk;
  }
}

/** loopd asks for no packing, but some pack all the same. What is packed in an unknown way stays so, as `fetch` has it. */
async function unpacked(body: Dispatcher.ResponseData["body"], packing: string): Promise<NodeJS.ReadableStream> {
  const zlib = await import("node:zlib");
  const lenient = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const ways = new Map<string, () => Transform>([
    ["gzip", () => zlib.createGunzip(lenient)],
    ["x-gzip", () => zlib.createGunzip(lenient)],
    ["deflate", () => zlib.createInflate(lenient)],
    ["br", () => zlib.createBrotliDecompress()],
    ["zstd", () => zlib.createZstdDecompress()],
  ]);
  const layers = packing
    .toLowerCase()
    .split(",")
    .map((one) => one.trim());
  const known = layers.filter((one) => one !== "identity").map((one) => ways.get(one));
  if (known.includes(undefined)) return body;
  const stages = known.reverse().flatMap((way) => way?.() ?? []);
  if (stages.length > 0) pipeline([body, ...stages], () => {});
  return stages.at(-1) ?? body;
}
