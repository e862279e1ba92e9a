// Peer: pi-agent-core, with its own steering; the turn that may use only some tools sets them in the agent's state.
import { Agent } from "@earendil-works/pi-agent-core";
import { streamSimple } from "@earendil-works/pi-ai/api/anthropic-messages";
import { serveLane } from "../../lane-process.ts";
import { openConversation } from "./conversation.mjs";

serveLane(async ({ url, folder }) => {
  const model = {
    id: "tiny",
    name: "tiny",
    api: "anthropic-messages",
    provider: "anthropic",
    baseUrl: url,
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 32_768,
    maxTokens: 4096,
  };
  const conversation = await openConversation(folder);
  let now;
  let agent;
  const execute = async (_, input) => {
    const note = conversation.noteAfterCall(now);
    if (note !== undefined) agent.steer({ role: "user", content: note, timestamp: Date.now() });
    return { content: [{ type: "text", text: await conversation.read(input) }], details: undefined };
  };
  const tools = conversation.tools.map(({ name, description, input_schema }) => ({
    name,
    label: name,
    description,
    parameters: input_schema,
    execute,
  }));
  agent = new Agent({
    initialState: { systemPrompt: conversation.system, model, tools },
    streamFn: (chosen, context, options) =>
      streamSimple(chosen, context, {
        ...options,
        apiKey: "none",
        maxRetries: 0,
        ...(now.override === undefined ? {} : { temperature: now.override.temperature }),
      }),
  });
  const turn = async () => {
    now = conversation.next();
    const wanted = now.override?.tools;
    agent.state.tools = wanted === undefined ? tools : tools.filter(({ name }) => wanted.includes(name));
    await agent.prompt(now.input);
    if (agent.state.errorMessage !== undefined) throw new Error(agent.state.errorMessage);
    return agent.state.messages
      .at(-1)
      .content.flatMap((block) => (block.type === "text" ? [block.text] : []))
      .join("");
  };
  return { turn, stop: async () => {} };
});
