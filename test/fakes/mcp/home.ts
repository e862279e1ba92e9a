import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type * as z from "zod";
import { configSchema } from "../../../src/protocol/config.ts";
import type { CardRow } from "../../../src/protocol/requests.ts";
import { createMcpServers } from "../../../src/tools/mcp/mcp-servers.ts";
import { endMarked } from "../../../src/tools/runner/end-processes.ts";
import { markedProcesses } from "../../../src/tools/runner/process-table.ts";
import { removeFolder, temporaryFolder, type Witness } from "../helper.ts";

/** A home whose configuration names servers. */
export interface McpHome {
  home: string;
  /** Pids of all living processes of its servers, wherever they have gone. */
  processes(): Promise<number[]>;
  /** Writes another configuration, as a person does with an editor. */
  configure(config: z.input<typeof configSchema>): void;
}

/** Makes one. Whatever a failed test leaves of its servers is ended. */
export function mcpHome(config: z.input<typeof configSchema>): McpHome {
  const home = temporaryFolder("home");
  let now = config;
  const marks = () => {
    const { mcpServers } = configSchema.parse(now);
    const options = { environment: {}, log: () => undefined, cacheFolder: join(home, "mcp") };
    return createMcpServers({ ...options, servers: () => mcpServers }).marks();
  };
  const configure: McpHome["configure"] = (next) => {
    now = next;
    writeFileSync(join(home, "config.json"), JSON.stringify(next), { mode: 0o600 });
  };
  configure(config);
  const first = marks();
  onTestFinished(async () => {
    await endMarked([...first, ...marks()]);
    removeFolder(home);
  });
  return { home, configure, processes: async () => (await markedProcesses(marks())).map(({ pid }) => pid) };
}

/** Resolves with the next card of a type that waits. */
export async function pendingCard(face: Witness, type: CardRow["type"]): Promise<CardRow> {
  const opened = await face.untilKind("card.opened", ({ data }) => data.type === type);
  const { cards } = await face.connection.request("card.list", {});
  const card = cards.find(({ approvalId }) => approvalId === opened.data.cardId);
  if (card === undefined) throw new Error(`no card waits: ${JSON.stringify(opened)}`);
  return card;
}

/** What the tools of a turn answered, in their order. */
export function results(face: Witness): { outcome: string; text: string }[] {
  return face.entries.flatMap((entry) =>
    entry.kind === "tool.finished" ? [{ outcome: entry.data.outcome, text: entry.data.text }] : [],
  );
}
