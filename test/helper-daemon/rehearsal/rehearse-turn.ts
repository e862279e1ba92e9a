import { createModelPort } from "../../../helper-daemon/endpoints/model-port.ts";
import { startRehearsal } from "../../../helper-daemon/rehearsal/rehearsal-server.ts";
import type { ModelReply } from "../../../src/agent/ports.ts";
import { endpointProfileSchema, limitsSchema } from "../../../src/protocol/config.ts";
import type { Message, ToolUseBlock } from "../../../src/protocol/values.ts";

/** Tools by name: what each answers to an input. */
export type CannedTools = Record<string, (input: Record<string, unknown>) => string>;

export interface RehearsedTurn {
  calls: ToolUseBlock[];
  answer: string;
  told: string[];
}

/**
 * A turn as the loop drives it, through the real adapter and the real rehearsal server, with tools that answer by rote.
 * `notes` go behind each newest result, as loopd puts them there; `before` is an earlier conversation.
 */
export async function rehearseTurn(
  question: string,
  tools: CannedTools,
  { notes = [], before = [] }: { notes?: string[]; before?: Message[] } = {},
): Promise<RehearsedTurn> {
  const server = await startRehearsal();
  const profile = endpointProfileSchema.parse({
    dialect: "anthropic",
    url: server.url,
    model: "rehearsal",
    auth: "bearer",
  });
  const port = createModelPort({ resolve: () => ({ profile, key: server.key }), limits: () => limitsSchema.parse({}) });
  const schemas = Object.keys(tools).map((name) => ({ name, description: name, input_schema: { type: "object" } }));
  const messages: Message[] = [...before, { role: "user", content: [{ type: "text", text: question }] }];
  const calls: ToolUseBlock[] = [];
  const told: string[] = [];
  try {
    for (let step = 0; step < 10; step++) {
      const request = {
        endpoint: "rehearsal",
        model: "rehearsal",
        system: "s",
        tools: schemas,
        messages,
        maxTokens: 4096,
      };
      const reply: ModelReply = await port(request, new AbortController().signal, ({ text }) => told.push(text));
      if (reply.type !== "responded") throw new Error(JSON.stringify(reply));
      messages.push({ role: "assistant", content: reply.content });
      const [block] = reply.content;
      if (block?.type === "text") return { calls, answer: block.text, told };
      if (block?.type !== "tool_use") throw new Error("neither text nor a call");
      calls.push(block);
      const text = tools[block.name]?.(block.input as Record<string, unknown>) ?? "ERROR: no such tool";
      const content = [text, ...notes].join("\n\n");
      messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: block.id, content }] });
    }
    throw new Error("the script never came to an end");
  } finally {
    await server.close();
  }
}
