// Peer: @openai/agents over chat completions. It has no steering, so a filter puts the person's words where they were said.
import { Agent, OpenAIChatCompletionsModel, run, setTracingDisabled, tool, user } from "@openai/agents";
import OpenAI from "openai";
import { serveLane } from "../../lane-process.ts";
import { openConversation } from "./conversation.mjs";

serveLane(async ({ url, folder }) => {
  setTracingDisabled(true);
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const model = new OpenAIChatCompletionsModel(client, "tiny");
  const conversation = await openConversation(folder);
  let now;
  let said;
  let history = [];
  const execute = async (input) => {
    const text = conversation.noteAfterCall(now);
    if (text !== undefined) said = { text, at: undefined };
    return conversation.read(input);
  };
  const tools = conversation.tools.map(({ name, description, input_schema }) =>
    tool({ name, description, parameters: input_schema, strict: false, execute }),
  );
  const callModelInputFilter = ({ modelData }) => {
    if (said === undefined) return modelData;
    said.at ??= modelData.input.length;
    return { ...modelData, input: modelData.input.toSpliced(said.at, 0, user(said.text)) };
  };
  const turn = async () => {
    now = conversation.next();
    said = undefined;
    const wanted = now.override?.tools;
    const agent = new Agent({
      name: "loopd",
      instructions: conversation.system,
      model,
      tools: wanted === undefined ? tools : tools.filter(({ name }) => wanted.includes(name)),
      modelSettings: { maxTokens: 4096, ...(now.override && { temperature: now.override.temperature }) },
    });
    const options = { stream: true, maxTurns: 1_000, callModelInputFilter };
    const result = await run(agent, [...history, user(now.input)], options);
    await Array.fromAsync(result);
    await result.completed;
    history = result.history;
    return result.finalOutput;
  };
  return { turn, stop: async () => {} };
});
