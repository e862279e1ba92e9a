import * as z from "zod";
import { mcpNameSchema, mcpServerSchema } from "./config.ts";
import { BOTH, FACE, limit, method, none, text, TOOL } from "./method.ts";
import { mcpServerRowSchema, memoryNoteSchema, toolRowSchema } from "./rows.ts";
import { ENTRY_LIMIT, fitsIntoEntry } from "./turn-request.ts";
import { jsonSchema } from "./values.ts";

/** Text of a note or value that fits into an entry. */
const storable = z.string().refine(fitsIntoEntry, { error: ENTRY_LIMIT });
/** Name of a note, which is the name of its file too. `memory` would be the index. */
export const topicSchema = z
  .string()
  .normalize("NFC")
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,79}$/u, "letters, digits, space, dot, dash, underscore; at most 80")
  .refine((name) => new TextEncoder().encode(name).length <= 200, { error: "at most 200 bytes" })
  .refine((name) => name.normalize("NFKC").toLowerCase() !== "memory", { error: "another name; that is the index" });
const topic = topicSchema;
/** Sources of an answer's text that nobody vouches for; they taint the session of a tool that reads it. */
const taints = z.array(z.string()).optional();

/** Methods about tools, their servers, and what tools keep: values, files, notes. */
export const toolMethods = {
  /** A tool asks for its own session; a face names one. */
  "state.get": method(
    z.object({ session: text.optional(), key: text.optional() }),
    z.object({ values: z.record(z.string(), jsonSchema), taints }),
    BOTH,
  ),
  /** `null` removes the key. */
  "state.set": method(
    z.object({ key: text.max(200), value: jsonSchema }),
    z.object({ before: jsonSchema.optional() }),
    TOOL,
  ),
  /** Reads views of the trace with one SELECT; see the tool `query_state`. */
  "state.query": method(
    z.object({ sql: text.max(100_000) }),
    z.object({ columns: z.array(z.string()), rows: z.array(z.array(jsonSchema)), isCut: z.boolean(), taints }),
    BOTH,
  ),
  /** What the session's model has last seen of a file. */
  "file.seen": method(z.object({ path: text }), z.object({ fingerprint: z.string().optional() }), TOOL),
  /**
   * Recorded before a tool changes a file: what was there (absent: nothing), and SHA-256 and bytes of what will be.
   * `extent`: whether anything of what was there stays; absent: it does.
   */
  "file.changing": method(
    z.object({
      path: text,
      before: z.object({ blob: text, mode: z.number(), sha256: text }).optional(),
      after: text.optional(),
      bytes: z.number().optional(),
      extent: z.enum(["whole", "parts"]).optional(),
    }),
    none,
    TOOL,
  ),
  /** `ignored`: for faces, names of files in the folder that are no notes. */
  "memory.list": method(
    none,
    z.object({ notes: z.array(memoryNoteSchema), ignored: z.array(z.string()).optional() }),
    BOTH,
  ),
  "memory.read": method(z.object({ topic }), z.object({ topic: z.string(), text: z.string(), taints }), BOTH),
  "memory.write": method(
    /** `was`: the whole text that a person began to edit; where the note says something else by now, nothing is written. */
    z.object({
      topic,
      text: storable,
      mode: z.enum(["append", "replace"]).default("append"),
      was: storable.optional(),
    }),
    z.object({ note: memoryNoteSchema }),
    BOTH,
  ),
  "memory.forget": method(z.object({ topic }), none, BOTH),
  "memory.search": method(
    z.object({ query: text, limit }),
    z.object({ hits: z.array(z.object({ topic: z.string(), line: z.number(), text: z.string() })), taints }),
    BOTH,
  ),
  /** `systemTokens`: what the system text of a new session costs beside the listed tools. */
  "tool.list": method(none, z.object({ tools: z.array(toolRowSchema), systemTokens: z.number() }), BOTH),
  "tool.show": method(z.object({ name: text }), z.object({ tool: toolRowSchema }), BOTH),
  "mcp.list": method(none, z.object({ servers: z.array(mcpServerRowSchema) }), FACE),
  "mcp.add": method(
    z.object({ name: mcpNameSchema, server: mcpServerSchema, isReplacing: z.boolean().default(false) }),
    z.object({ server: mcpServerRowSchema }),
    FACE,
  ),
  "mcp.remove": method(z.object({ name: text }), none, FACE),
  /** Starts every enabled server that is idle, then tells how each is. */
  "mcp.status": method(
    z.object({ name: text.optional(), isStarting: z.boolean().default(true) }),
    z.object({ servers: z.array(mcpServerRowSchema) }),
    FACE,
  ),
} as const;
