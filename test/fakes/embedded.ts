import { hash, randomUUID } from "node:crypto";
import * as z from "zod";
import {
  type AgentEvent,
  type AgentModelReply,
  type AgentTool,
  type AgentTurn,
  defineTool,
  openSession,
  type PendingCard,
  type Runtime,
  type SessionOptions,
} from "../../src/agent/embed/index.ts";
import type { ModelRequest } from "../../src/agent/ports.ts";
import type { Json } from "../../src/protocol/values.ts";

/** The runtime of this process, as docs/embedding.md has it. */
export const runtime: Runtime = {
  now: Date.now,
  startTimer: setTimeout,
  stopTimer: clearTimeout,
  newId: randomUUID,
  hash,
};

/** A runtime on which a second passes in the twinkling of an eye. */
export function hastyRuntime(): Runtime {
  let now = 0;
  return {
    ...runtime,
    now: () => now,
    startTimer: (run, delay) =>
      setTimeout(() => {
        now += delay;
        run();
      }, 0),
  };
}

/** A reply with calls: name and arguments of each. */
export function uses(...calls: [name: string, input: Json][]): AgentModelReply {
  const content = calls.map(([name, input]) => ({ type: "tool_use" as const, id: randomUUID(), name, input }));
  return { content, stopReason: "tool_use", usage: { inputTokens: 10, outputTokens: 5 } };
}

/** A reply in words. */
export function says(text: string): AgentModelReply {
  return { content: [{ type: "text", text }], stopReason: "end_turn", usage: { inputTokens: 10, outputTokens: 5 } };
}

/** Tools that remember what they did. */
export interface Recorder {
  tools: AgentTool[];
  done: string[];
}

/** `look` reads, `write_file` writes, `send_mail` reaches the network. */
export function recorder(): Recorder {
  const done: string[] = [];
  const look = defineTool({
    name: "look",
    description: "Look at something.",
    effect: "read",
    input: z.object({ at: z.string() }),
    run: ({ at }) => {
      done.push(`look ${at}`);
      return `saw ${at}`;
    },
  });
  const writeFile = defineTool({
    name: "write_file",
    description: "Write a file.",
    effect: "write",
    input: z.object({ path: z.string(), text: z.string().default("") }),
    inspect: ({ path }) => ({ paths: [path], inWorkspace: true }),
    run: ({ path, text }) => {
      done.push(`write ${path} ${text}`);
      return `wrote ${path}`;
    },
  });
  const sendMail = defineTool({
    name: "send_mail",
    description: "Send an e-mail.",
    effect: "network",
    input: z.object({ to: z.string() }),
    run: ({ to }) => {
      done.push(`mail ${to}`);
      return `sent to ${to}`;
    },
  });
  return { tools: [look, writeFile, sendMail], done };
}

/** A session over a scripted model; the last reply repeats. */
export function scripted(
  replies: (AgentModelReply | ((request: ModelRequest) => AgentModelReply))[],
  options: Partial<SessionOptions> = {},
) {
  const requests: ModelRequest[] = [];
  const queue = [...replies];
  const { tools, done } = recorder();
  const session = openSession({
    runtime,
    tools,
    model: (request) => {
      requests.push(request);
      const reply = (queue.length > 1 ? queue.shift() : queue[0]) ?? says("");
      return typeof reply === "function" ? reply(request) : reply;
    },
    ...options,
  });
  return { session, requests, done };
}

/** The next open card of a turn. */
export async function nextCard(turn: AgentTurn): Promise<PendingCard> {
  for await (const event of turn.events) if (event.type === "card") return event.card;
  throw new Error("the turn ended without a card");
}

/** Everything that happened in a turn, to its end. */
export async function allEvents(turn: AgentTurn): Promise<AgentEvent[]> {
  const events: AgentEvent[] = [];
  for await (const event of turn.events) events.push(event);
  return events;
}
