/** Output of any size: its beginning, its end (each as much as was kept, they may overlap) and its true size in bytes. */
export interface LongOutput {
  head: Uint8Array;
  tail: Uint8Array;
  total: number;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** The first `limit` bytes or up to three fewer, so that no UTF-8 character is cut. */
export function headOf(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length <= limit) return bytes;
  let end = limit;
  while (end > 0 && end > limit - 4 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end);
}

/** The last `limit` bytes or up to three fewer, so that no UTF-8 character is cut. */
function tailOf(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length <= limit) return bytes;
  let start = bytes.length - limit;
  const last = start + 3;
  while (start < last && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

/** Bytes as text; what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A whole number as people read it: 12,345. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** The line that stands for what was left out, and says how to get it. */
function leftOutLine(leftOut: number, offset: number, blob: string | undefined): string {
  const rest =
    blob === undefined ? "it could not be kept" : `the whole output: read_more(${JSON.stringify({ blob, offset })})`;
  return `\n… ${grouped(leftOut)} bytes left out; ${rest} …\n`;
}

/**
 * The output as text of at most `limit` bytes: all of it, or its beginning and its end around a line that says how much
 * is missing. `blob` is the name under which the whole output is kept.
 */
export function cutOutput(output: LongOutput, limit: number, blob: string | undefined): string {
  if (output.total <= limit) return textOf(output.head.subarray(0, output.total));
  const room = Math.max(0, limit - Buffer.byteLength(leftOutLine(output.total, output.total, blob)));
  const head = headOf(output.head, Math.ceil(room / 2));
  const tail = tailOf(output.tail, Math.floor(room / 2));
  const leftOut = output.total - head.length - tail.length;
  return `${textOf(head)}${leftOutLine(leftOut, head.length, blob)}${textOf(tail)}`;
}
