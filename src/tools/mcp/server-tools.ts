import * as z from "zod";
import type { McpServerConfig } from "../../protocol/config.ts";
import { type Json, jsonSchema } from "../../protocol/values.ts";
import { isObject } from "../coerce.ts";
import type { Tool, ToolContext, ToolResult } from "../define-tool.ts";
import { projectSchema } from "../project-schema.ts";
import { RATIONALE } from "../tool-schema.ts";
import { askServer } from "./ask-server.ts";
import { toolResultOf } from "./call-result.ts";
import { inputCheck } from "./check-input.ts";
import type { ListedTool } from "./listed-tool.ts";
import { placeOfServer } from "./secrets.ts";
import type { McpServer } from "./server.ts";

/** Whether a person wants the tool: named by `allow` where there is one, and not by `deny`. */
export function isWanted(tool: string, { allow, deny }: Pick<McpServerConfig, "allow" | "deny">): boolean {
  return (allow === undefined || isNamed(tool, allow)) && !isNamed(tool, deny);
}

function isNamed(tool: string, names: readonly string[]): boolean {
  return names.some((name) => (name.endsWith("*") ? tool.startsWith(name.slice(0, -1)) : name === tool));
}

/** What every tool of a server has in common. */
export function sharedFields(server: McpServer, serverName: string, tool: string) {
  const { trust, timeLimitMs, listed } = server.config;
  const preview = `${serverName}: ${placeOfServer(server.config)}`;
  const facts = { server: serverName, isTrusted: trust, source: `mcp ${serverName}`, preview };
  return {
    group: "mcp" as const,
    timeLimit: timeLimitMs ?? ("mcp" as const),
    server: serverName,
    ...(trust ? {} : { source: facts.source }),
    isListed: typeof listed === "boolean" ? listed : isNamed(tool, listed),
    examples: [],
    inspect: () => Promise.resolve(facts),
  };
}

const callResultSchema = z.looseObject({
  content: z.array(z.unknown()).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/**
 * A server's tool as one of loopd's. Without a person's trust it can be anything, so it is `exec` and never repeated;
 * with it, what the server says about reading only and about repeating counts.
 */
export function makeServerTool(server: McpServer, serverName: string, listed: ListedTool, name: string): Tool {
  const { trust } = server.config;
  const { inputSchema, description, isReadOnly, isIdempotent } = listed;
  const check = inputCheck(inputSchema);
  const input = z
    .record(z.string(), jsonSchema)
    .transform(({ [RATIONALE]: _, ...values }) => values)
    .superRefine((values, context) => {
      for (const { path, message } of check.problems(values)) context.addIssue({ code: "custom", path, message });
    });
  return {
    ...sharedFields(server, serverName, listed.name),
    name,
    effect: trust && isReadOnly ? "read" : "exec",
    isIdempotent: trust && isIdempotent,
    description: description === "" ? `${listed.name} of the MCP server ${serverName}` : description,
    input,
    wireSchema: wireSchemaOf(inputSchema),
    run: (values, context) => callTool(server, serverName, listed.name, values, context),
  } satisfies Tool<Record<string, unknown>> as unknown as Tool;
}

async function callTool(
  server: McpServer,
  serverName: string,
  tool: string,
  values: object,
  context: ToolContext,
): Promise<ToolResult> {
  const params = { name: tool, arguments: values, ...metaOf(server, context) };
  const answer = await askServer(server, { method: "tools/call", params, result: callResultSchema }, context);
  if (answer.type === "stopped") return { text: "" };
  if (answer.type === "failed") return failedResult(serverName, answer.words);
  const { content = [], structuredContent: structured, isError = false } = answer.value;
  return toolResultOf(content, { structured, isError }, context, server.secrets);
}

/** A server that the person trusts may go by the turn's typed environment; a stranger's is told nothing of it. */
function metaOf({ config }: McpServer, { env }: ToolContext): { _meta?: Record<string, unknown> } {
  return config.trust && Object.keys(env).length > 0 ? { _meta: { "loopd/env": env } } : {};
}

/** What a model reads where the server, not its tool, has failed. */
export function failedResult(serverName: string, words: string): ToolResult {
  return { text: `MCP server ${serverName}: ${words} See: loopd mcp status ${serverName}`, isError: true };
}

/** A server that says `object` and names no properties takes any: its arguments must not be dropped as unknown. */
function wireSchemaOf(schema: Json): { readonly [key: string]: Json } {
  const projected = projectSchema(schema);
  const isOpen = isObject(schema) && schema["properties"] === undefined && schema["additionalProperties"] !== false;
  const namesNone = isObject(projected["properties"]) && Object.keys(projected["properties"]).length === 0;
  return isOpen && namesNone ? { ...projected, additionalProperties: true } : projected;
}
