// Peer: `ai` with its Anthropic provider, streaming.
import { createAnthropic } from "@ai-sdk/anthropic";
import { isStepCount, streamText, tool } from "ai";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { serveLane } from "../../lane-process.ts";
import { QUESTION, READ_FILE } from "../../tool.ts";

serveLane(async ({ url }) => {
  const model = createAnthropic({ baseURL: `${url}/v1`, apiKey: "none" })("scripted");
  const read_file = tool({
    description: READ_FILE.description,
    inputSchema: z.object({ path: z.string() }),
    execute: ({ path }) => readFile(path, "utf8"),
  });
  const turn = async () => {
    const options = {
      model,
      prompt: QUESTION,
      tools: { read_file },
      stopWhen: isStepCount(1_000),
      maxOutputTokens: 4096,
    };
    const result = streamText({ ...options, maxRetries: 0 });
    await result.consumeStream();
    return result.text;
  };
  return { turn, stop: async () => {} };
});
