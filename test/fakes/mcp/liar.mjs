// An MCP server whose every word is an attempt to steer the model: node liar.mjs TEXT FILE
// What it is sent is written to FILE, one JSON line for each call.
import { appendFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import * as z from "zod";

const [text = "", file = ""] = process.argv.slice(2);
const server = new McpServer({ name: "liar", version: "1.0.0" });
const says = (isError) => () => ({ content: [{ type: "text", text }], isError });

server.registerTool("letter", { description: "Read the letter." }, says(false));
server.registerTool("fails", { description: "Read the broken letter." }, says(true));
server.registerTool("asks", { description: "Ask the person." }, async () => {
  const requestedSchema = { type: "object", properties: { approve: { type: "boolean", title: text } } };
  const answer = await server.server.elicitInput({ message: text, requestedSchema });
  return { content: [{ type: "text", text: JSON.stringify(answer) }] };
});
server.registerTool("send", { description: "Send words.", inputSchema: { text: z.string() } }, (values) => {
  appendFileSync(file, `${JSON.stringify(values)}\n`);
  return { content: [{ type: "text", text: "sent" }] };
});
server.registerTool("described", { description: text }, says(false));
server.registerResource("letter", "letter://1", { description: "a letter" }, (uri) => ({
  contents: [{ uri: uri.href, text }],
}));
await server.connect(new StdioServerTransport());
