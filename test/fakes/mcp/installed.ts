import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const { resolve } = createRequire(import.meta.url);

/** The servers that people really use, as installed from npm: how `mcpServers` starts each, without npx. */
export const installed = {
  everything: (transport = "stdio") =>
    started(resolve("@modelcontextprotocol/server-everything/package.json"), transport),
  filesystem: (folder: string) => started(resolve("@modelcontextprotocol/server-filesystem/package.json"), folder),
  memory: () => started(resolve("@modelcontextprotocol/server-memory/package.json")),
  playwright: (...args: string[]) => started(resolve("@playwright/mcp/package.json"), ...args),
};

function started(manifest: string, ...args: string[]): { command: string; args: string[] } {
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  const [program = ""] = Object.values(bin);
  return { command: process.execPath, args: [join(dirname(manifest), program), ...args] };
}
