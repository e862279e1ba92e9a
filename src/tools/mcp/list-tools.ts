import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import * as z from "zod";
import { LoopdError } from "../../protocol/errors.ts";
import { type Listing, type ListedTool, readListed } from "./listed-tool.ts";
import { oneLineOf } from "./server-log.ts";

const MAX_TOOLS = 500;
const MAX_PAGES = 50;
const MAX_NOTES = 20;

/** The SDK's own schema refuses the whole list for one malformed tool. */
const pageSchema = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

/**
 * Asks a server what it can do. Malformed tools are left out, not the whole list.
 * @throws LoopdError `mcp-failed` when its answer is no list
 */
export async function listTools(client: Client, signal: AbortSignal, timeout: number): Promise<Listing> {
  const { name = "", version = "" } = client.getServerVersion() ?? {};
  const capabilities = client.getServerCapabilities() ?? {};
  const about = oneLineOf(`${name} ${version}`, 100);
  const found = new Map<string, ListedTool>();
  const notes: string[] = [];
  const note = (text: string | undefined) => {
    if (text !== undefined && notes.length < MAX_NOTES) notes.push(text);
  };
  let cursor: string | undefined;
  for (let page = 0; capabilities.tools !== undefined; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const { tools, nextCursor } = await client
      .request({ method: "tools/list", params }, pageSchema, { signal, timeout })
      .catch((cause: unknown) => {
        if (cause instanceof z.ZodError)
          throw new LoopdError("mcp-failed", "Its list of tools is malformed.", { cause });
        throw cause;
      });
    for (const entry of tools) {
      const { tool, note: words } = readListed(entry);
      note(words);
      if (tool === undefined) continue;
      if (found.has(tool.name)) note(`${oneLineOf(tool.name, 80)} is listed more than once`);
      else if (found.size < MAX_TOOLS) found.set(tool.name, tool);
    }
    const isMore = nextCursor !== undefined && nextCursor !== cursor;
    if (found.size >= MAX_TOOLS && (isMore || tools.length > MAX_TOOLS))
      note(`only its first ${MAX_TOOLS} tools are taken`);
    if (!isMore || found.size >= MAX_TOOLS || page + 1 >= MAX_PAGES) break;
    cursor = nextCursor;
  }
  const hasResources = capabilities.resources !== undefined;
  return { version: 1, about, tools: [...found.values()], hasResources, notes };
}
