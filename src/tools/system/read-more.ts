import * as z from "zod";
import { grouped, headOf, textOf } from "../cut-output.ts";
import { defineTool } from "../define-tool.ts";

const input = z.object({
  blob: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, "the name of a blob, as an earlier result gave it"),
  offset: z.number().int().min(0).default(0),
  length: z.number().int().min(1).max(1_000_000).optional(),
});

/** Bytes that the heading line may take of the output. */
const HEADING_BYTES = 100;

/** Reads on in an output that was too long to be shown whole. Offsets and lengths are bytes of UTF-8. */
export const readMore = defineTool<z.output<typeof input>>({
  name: "read_more",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Read on in a long output by its blob and a byte offset.",
  input,
  examples: [{ blob: "3f2a91c0", offset: 8000 }],
  async run({ blob, offset, length }, context) {
    const most = context.outputBytes - HEADING_BYTES;
    // At least one whole character, so that reading on always gets further.
    const wanted = Math.max(8, Math.min(length ?? most, most));
    const part = await context.readBlob(blob, offset, wanted + 1);
    if (part === undefined)
      return { text: `There is no output ${blob}. Use the name that a result gave.`, isError: true };
    if (offset >= part.total) {
      const text = `${blob} has ${grouped(part.total)} bytes; there is nothing at offset ${grouped(offset)}.`;
      return { text, isError: true };
    }
    const bytes = headOf(part.bytes, wanted);
    const end = offset + bytes.length;
    const next = end < part.total ? `; go on with offset ${end}` : "";
    const text = `[bytes ${offset}-${end} of ${part.total}${next}]\n${textOf(bytes)}`;
    return { text, taints: context.sourcesOfBlob(blob) };
  },
});
