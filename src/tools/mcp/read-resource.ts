import * as z from "zod";
import type { Tool, ToolContext, ToolResult } from "../define-tool.ts";
import { askServer } from "./ask-server.ts";
import { toolResultOf } from "./call-result.ts";
import type { McpServer } from "./server.ts";
import { oneLineOf } from "./server-log.ts";
import { failedResult, sharedFields } from "./server-tools.ts";

/** Name of the tool that reads a server's resources, without the server's. */
export const READ_RESOURCE = "read_resource";
const MAX_LISTED = 100;

const inputSchema = z.strictObject({ uri: z.string().min(1).max(4_000).optional() });
const readSchema = z.looseObject({ contents: z.array(z.unknown()) });
const resourcesSchema = z.looseObject({ resources: z.array(z.unknown()) });
const templatesSchema = z.looseObject({ resourceTemplates: z.array(z.unknown()) });

/** The tool that lists and reads what a server offers besides tools. */
export function makeReadResource(server: McpServer, serverName: string, name: string): Tool {
  const { trust } = server.config;
  return {
    ...sharedFields(server, serverName, READ_RESOURCE),
    name,
    effect: trust ? "read" : "exec",
    isIdempotent: trust,
    description: `Read a resource of the MCP server ${serverName} by its uri; without uri, list them.`,
    input: inputSchema,
    run: ({ uri }, context) => (uri === undefined ? list : read(uri))(server, serverName, context),
  } satisfies Tool<z.output<typeof inputSchema>> as unknown as Tool;
}

type Reader = (server: McpServer, serverName: string, context: ToolContext) => Promise<ToolResult>;

const read =
  (uri: string): Reader =>
  async (server, serverName, context) => {
    const request = { method: "resources/read", params: { uri }, result: readSchema };
    const answer = await askServer(server, request, context);
    if (answer.type === "stopped") return { text: "" };
    if (answer.type === "failed") return failedResult(serverName, answer.words);
    const blocks = answer.value.contents.map((resource) => ({ type: "resource", resource }));
    return toolResultOf(blocks, { isError: false }, context, server.secrets);
  };

const list: Reader = async (server, serverName, context) => {
  const params = {};
  const found = await askServer(server, { method: "resources/list", params, result: resourcesSchema }, context);
  if (found.type === "stopped") return { text: "" };
  if (found.type === "failed") return failedResult(serverName, found.words);
  const request = { method: "resources/templates/list", params, result: templatesSchema };
  const templates = await askServer(server, request, context);
  const patterns = templates.type === "answered" ? templates.value.resourceTemplates : [];
  const lines = [
    ...found.value.resources.slice(0, MAX_LISTED).map((one) => lineOf(one, "uri")),
    ...patterns.slice(0, MAX_LISTED).map((one) => lineOf(one, "uriTemplate")),
  ];
  const more = found.value.resources.length - MAX_LISTED;
  if (more > 0) lines.push(`… and ${more} more`);
  return { text: lines.length === 0 ? "It offers no resources." : server.secrets.hideNamed(lines.join("\n")) };
};

function lineOf(entry: unknown, address: "uri" | "uriTemplate"): string {
  const fields = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
  const words = [fields[address], fields["name"], fields["description"]].filter((one) => typeof one === "string");
  return words.map((one) => oneLineOf(one, 300)).join(" · ");
}
