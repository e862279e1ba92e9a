// The same loop by hand over the official SDK: raw events, no tool runner.
import Anthropic from "@anthropic-ai/sdk";
import { readFile } from "node:fs/promises";
import { type LaneSetup, serveLane } from "../lane-process.ts";
import { newToolUse, QUESTION, READ_FILE, type ToolUse } from "../tool.ts";

async function turn(client: Anthropic): Promise<string> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: QUESTION }];
  for (;;) {
    const events = await client.messages.create({
      model: "scripted",
      max_tokens: 4096,
      stream: true,
      tools: [READ_FILE],
      messages,
    });
    const { text, call } = await answerOf(events);
    if (call === undefined) return text;
    const input = JSON.parse(call.json) as { path: string };
    const content = await readFile(input.path, "utf8");
    const use = { type: "tool_use" as const, id: call.id, name: call.name, input };
    messages.push({ role: "assistant", content: [{ type: "text", text }, use] });
    messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content }] });
  }
}

async function answerOf(events: AsyncIterable<Anthropic.RawMessageStreamEvent>) {
  let text = "";
  let call: ToolUse | undefined;
  for await (const event of events) {
    if (event.type === "content_block_start") {
      if (event.content_block.type === "tool_use") call = newToolUse(event.content_block);
    } else if (event.type === "content_block_delta") {
      if (event.delta.type === "text_delta") text += event.delta.text;
      else if (event.delta.type === "input_json_delta" && call !== undefined) call.json += event.delta.partial_json;
    }
  }
  return { text, call };
}

serveLane(({ url }: LaneSetup) => {
  const client = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  return Promise.resolve({ turn: () => turn(client), stop: () => Promise.resolve() });
});
