import { isUtf8 } from "node:buffer";
import type { PageKind } from "./page-kind.ts";

/**
 * The text of a body: by its byte order mark, else by what the server says, else by what an HTML or XML page says of
 * itself, else UTF-8 where it can be that, else Windows-1252. A name that no encoding has counts as none. Never throws.
 */
export async function decodePage(bytes: Uint8Array, contentType: string, kind: PageKind): Promise<string> {
  const { default: encodingOf } = await import("html-encoding-sniffer");
  const transportLayerEncodingLabel = /charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType)?.[1];
  const defaultEncoding = isUtf8(withoutCutEnd(bytes)) ? "UTF-8" : "windows-1252";
  const encoding = encodingOf(bytes, { xml: kind !== "html", transportLayerEncodingLabel, defaultEncoding });
  return decoderOf(encoding).decode(bytes);
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder("windows-1252");
  }
}

/** A body that was cut may end in the middle of a character. */
function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}
