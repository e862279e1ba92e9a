// The floor: the least that any loop must do. fetch, read the stream, run the tool, ask again.
import { readFile } from "node:fs/promises";
import { type LaneSetup, serveLane } from "../lane-process.ts";
import { newToolUse, QUESTION, READ_FILE, type ToolUse } from "../tool.ts";

interface StreamEvent {
  type: string;
  content_block?: { type: string; id: string; name: string };
  delta?: { type: string; text?: string; partial_json?: string };
}

async function turn({ url }: LaneSetup): Promise<string> {
  const messages: object[] = [{ role: "user", content: QUESTION }];
  for (;;) {
    const response = await fetch(`${url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify({ model: "scripted", max_tokens: 4096, stream: true, tools: [READ_FILE], messages }),
    });
    if (!response.ok || response.body === null) throw new Error(`The endpoint answered ${response.status}.`);
    const { text, call } = await answerOf(response.body);
    if (call === undefined) return text;
    const input = JSON.parse(call.json) as { path: string };
    const content = await readFile(input.path, "utf8");
    const use = { type: "tool_use", id: call.id, name: call.name, input };
    messages.push({ role: "assistant", content: [{ type: "text", text }, use] });
    messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content }] });
  }
}

async function answerOf(body: ReadableStream<Uint8Array>): Promise<{ text: string; call: ToolUse | undefined }> {
  let text = "";
  let call: ToolUse | undefined;
  for await (const { type, content_block: block, delta } of eventsOf(body)) {
    if (type === "content_block_start" && block?.type === "tool_use") call = newToolUse(block);
    else if (delta?.type === "text_delta") text += delta.text ?? "";
    else if (delta?.type === "input_json_delta" && call !== undefined) call.json += delta.partial_json ?? "";
  }
  return { text, call };
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const frames = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) yield JSON.parse(frame.slice(frame.indexOf("data: ") + 6)) as StreamEvent;
  }
}

serveLane((setup) => Promise.resolve({ turn: () => turn(setup), stop: () => Promise.resolve() }));
