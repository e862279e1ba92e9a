// Peer: @openai/agents over chat completions, its route to servers that are not OpenAI's.
import { Agent, OpenAIChatCompletionsModel, run, setTracingDisabled, tool } from "@openai/agents";
import { readFile } from "node:fs/promises";
import OpenAI from "openai";
import { z } from "zod";
import { serveLane } from "../../lane-process.ts";
import { QUESTION, READ_FILE } from "../../tool.ts";

serveLane(async ({ url }) => {
  setTracingDisabled(true);
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
  const read = tool({
    name: READ_FILE.name,
    description: READ_FILE.description,
    parameters: z.object({ path: z.string() }),
    execute: ({ path }) => readFile(path, "utf8"),
  });
  const model = new OpenAIChatCompletionsModel(client, "scripted");
  const agent = new Agent({ name: "reader", instructions: "", model, tools: [read] });
  const turn = async () => {
    const result = await run(agent, QUESTION, { stream: true, maxTurns: 1_000 });
    await Array.fromAsync(result);
    await result.completed;
    return result.finalOutput;
  };
  return { turn, stop: async () => {} };
});
