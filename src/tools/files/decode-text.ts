import { looksBinary } from "./looks-like.ts";

/** Stands at the start of some UTF-8 files; `files_read` does not show it. */
export const BYTE_ORDER_MARK = "\uFEFF";

const START_BYTES = 8192;

/** Bytes as the text they are, byte order mark and line ends included; undefined for what is no UTF-8 text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (looksBinary(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, START_BYTES)))) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
