import type { FileHandle } from "node:fs/promises";
import * as z from "zod";
import { grouped, headOf, textOf } from "../cut-output.ts";
import { defineTool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { visibleName } from "../visible-text.ts";
import { fingerprintOf } from "./file-state.ts";
import { fileChunks, STARTING_BYTES, utf8Chunks } from "./file-chunks.ts";
import { knownKind, looksBinary, utf16Of } from "./looks-like.ts";
import { openRegular } from "./open-regular.ts";
import { type LineRange, readLines } from "./read-lines.ts";
import { decidedPath, inspectContent, systemText } from "./resolve-path.ts";

const input = z.object({
  path: systemText,
  from: z.number().int().min(1).default(1),
  lines: z.number().int().min(1).max(1_000_000).optional(),
  encoding: z.enum(["utf-8", "utf-16le", "latin1"]).default("utf-8"),
});
type Input = z.output<typeof input>;
type Encoding = Input["encoding"] | "utf-16be";

/** Bytes that the heading lines may take of the output. */
const HEADING_BYTES = 130;
/** Lines of a longer file are not counted. */
const MAX_COUNTED_BYTES = 256 * 1024 * 1024;

const failed = (text: string): ToolResult => ({ text, isError: true });

/** Reads lines of a text file, as many as fit in the output; says what it left out and how to go on. */
export const filesRead = defineTool<Input>({
  name: "files_read",
  group: "files",
  effect: "read",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Read a text file; long ones in parts by from (line number) and lines.",
  input,
  examples: [{ path: "README.md" }],
  inspect: ({ path }, place) => inspectContent(path, place),
  async run(request, context) {
    const path = decidedPath(context.facts);
    const opened = await openRegular(path, context.isClosed);
    if (opened.type === "refused") return failed(opened.why);
    try {
      const result = await read(opened.handle, opened.size, request, context);
      return result.isError ? result : { ...result, saw: [{ path, fingerprint: fingerprintOf(opened.stats) }] };
    } finally {
      // Nobody waits for it: nothing was written.
      void opened.handle.close().catch(() => undefined);
    }
  },
});

async function read(handle: FileHandle, size: number, request: Input, context: ToolContext): Promise<ToolResult> {
  const name = visibleName(request.path);
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(STARTING_BYTES), 0, STARTING_BYTES, 0);
  const start = buffer.subarray(0, bytesRead);
  const encoding = encodingOf(start, request.encoding);
  if (encoding.type === "unknown") return failed(`${name} (${grouped(size)} bytes) ${encoding.why}`);

  const chunks = utf8Chunks(fileChunks(start, handle, context.signal), encoding.encoding);
  const expansion = encoding.encoding === "latin1" ? 2 : 1;
  const wanted = {
    from: request.from,
    lines: request.lines ?? Number.MAX_SAFE_INTEGER,
    maxBytes: Math.max(64, (context.outputBytes - HEADING_BYTES) / expansion),
    maxCounted: MAX_COUNTED_BYTES,
  };
  const range = await readLines(chunks, wanted);
  if (context.signal.aborted) return failed(`Reading ${name} was stopped.`);
  if (range.total === 0) return { text: "[the file is empty]" };
  if (range.last < request.from) {
    return failed(`${name} has only ${grouped(range.total ?? 0)} lines, so there is no line ${grouped(request.from)}.`);
  }
  const bytes = range.isClipped ? headOf(range.bytes, range.bytes.length - 1) : range.bytes;
  const text = decode(bytes, encoding.encoding);
  if (text === undefined) return failed(`${name} (${grouped(size)} bytes) ${notUtf8(bytes, request.from)}`);
  return { text: `${headingOf(request, range, size)}${text.replaceAll("\0", "␀")}` };
}

type Found = { type: "known"; encoding: Encoding } | { type: "unknown"; why: string };

function encodingOf(start: Buffer, asked: Input["encoding"]): Found {
  const utf16 = utf16Of(start);
  if (utf16?.isMarked) return { type: "known", encoding: utf16.encoding };
  if (asked !== "utf-8") return { type: "known", encoding: asked };
  if (utf16?.encoding === "utf-16le") {
    return { type: "unknown", why: 'is not UTF-8: it looks like UTF-16. Read it with encoding "utf-16le".' };
  }
  const kind = knownKind(start);
  if (!looksBinary(start) && kind !== "a PDF document") return { type: "known", encoding: "utf-8" };
  const looks = kind === undefined ? "is a binary file" : `is a binary file: it looks like ${kind}`;
  return { type: "unknown", why: `${looks}. To see its bytes as Latin-1 text, read it with encoding "latin1".` };
}

function decode(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return new TextDecoder(encoding === "latin1" ? "latin1" : "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where the first bytes stand that no UTF-8 has. */
function notUtf8(bytes: Uint8Array, from: number): string {
  const text = textOf(bytes);
  let at = 0;
  for (let index = text.indexOf("\uFFFD"); index !== -1; index = text.indexOf("\uFFFD", index + 1)) {
    at = Buffer.byteLength(text.slice(0, index));
    if (!(bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd)) break;
  }
  const line = from + text.slice(0, text.indexOf("\uFFFD")).split("\n").length - 1;
  const found = (bytes[at] ?? 0).toString(16).padStart(2, "0");
  return `is not UTF-8 (byte 0x${found} in line ${grouped(line)}); it looks like Latin-1. Read it with encoding "latin1".`;
}

function headingOf(request: Input, range: LineRange, size: number): string {
  const { last, total, isClipped } = range;
  if (request.from === 1 && last === total && !isClipped) return "";
  const of = total === undefined ? `of a file of ${size} bytes` : `of ${total}`;
  const clipped = isClipped ? "; the line is longer than what is shown" : "";
  const next = last === total ? "" : `; go on with from=${last + 1}`;
  return `[lines ${request.from}-${last} ${of}${clipped}${next}]\n`;
}
