import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LaneSource } from "./gap.ts";

const FOLDER = join(import.meta.dirname, "peers");
const PEERS = { "pi-agent-core": "pi.mjs", ai: "ai.mjs", "@openai/agents": "openai-agents.mjs" };

/** The peers that have the conversation too; none where they are not installed. */
export function prefixPeers(): readonly LaneSource[] {
  if (!existsSync(join(FOLDER, "node_modules"))) return [];
  return Object.entries(PEERS).map(([name, file]) => ({
    name,
    program: pathToFileURL(join(FOLDER, "prefix", file)),
  }));
}
