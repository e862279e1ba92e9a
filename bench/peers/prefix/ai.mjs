// Peer: `ai`, with its own steering, and `activeTools` for the turn that may use only some.
import { createAnthropic } from "@ai-sdk/anthropic";
import { experimental_createSteering as createSteering, isStepCount, jsonSchema, streamText, tool } from "ai";
import { serveLane } from "../../lane-process.ts";
import { openConversation } from "./conversation.mjs";

serveLane(async ({ url, folder }) => {
  const model = createAnthropic({ baseURL: `${url}/v1`, apiKey: "none" })("tiny");
  const conversation = await openConversation(folder);
  let messages = [];
  const turn = async () => {
    const now = conversation.next();
    const steering = createSteering();
    const execute = async (input) => {
      const note = conversation.noteAfterCall(now);
      if (note !== undefined) void steering.steer(note);
      return conversation.read(input);
    };
    const tools = Object.fromEntries(
      conversation.tools.map(({ name, description, input_schema }) => {
        const face = { description, inputSchema: jsonSchema(input_schema) };
        return [name, tool(conversation.isReading({ name }) ? { ...face, execute } : face)];
      }),
    );
    messages = [...messages, { role: "user", content: now.input }];
    const result = streamText({
      model,
      system: conversation.system,
      messages,
      tools,
      experimental_steering: steering,
      stopWhen: isStepCount(1_000),
      maxOutputTokens: 4096,
      maxRetries: 0,
      ...(now.override === undefined
        ? {}
        : { activeTools: [...now.override.tools], temperature: now.override.temperature }),
    });
    await result.consumeStream();
    messages = [...messages, ...(await result.responseMessages)];
    return result.text;
  };
  return { turn, stop: async () => {} };
});
