// Peer: pi-agent-core with its Anthropic provider.
import { Agent } from "@earendil-works/pi-agent-core";
import { streamSimple } from "@earendil-works/pi-ai/api/anthropic-messages";
import { readFile } from "node:fs/promises";
import { serveLane } from "../../lane-process.ts";
import { QUESTION, READ_FILE } from "../../tool.ts";

serveLane(async ({ url }) => {
  const model = {
    id: "scripted",
    name: "scripted",
    api: "anthropic-messages",
    provider: "anthropic",
    baseUrl: url,
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 200_000,
    maxTokens: 4096,
  };
  const read = {
    name: READ_FILE.name,
    label: "Read",
    description: READ_FILE.description,
    parameters: READ_FILE.input_schema,
    execute: async (_, { path }) => ({
      content: [{ type: "text", text: await readFile(path, "utf8") }],
      details: undefined,
    }),
  };
  const turn = async () => {
    const agent = new Agent({
      initialState: { systemPrompt: "", model, tools: [read] },
      streamFn: (chosen, context, options) =>
        streamSimple(chosen, context, { ...options, apiKey: "none", maxRetries: 0 }),
    });
    await agent.prompt(QUESTION);
    const last = agent.state.messages.at(-1);
    if (agent.state.errorMessage !== undefined) throw new Error(agent.state.errorMessage);
    return last.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");
  };
  return { turn, stop: async () => {} };
});
