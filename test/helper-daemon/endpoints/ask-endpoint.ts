import type { ModelReply, ModelRequest, Tell } from "../../../src/agent/ports.ts";
import {
  type EndpointProfile,
  endpointProfileSchema,
  type Limits,
  limitsSchema,
} from "../../../src/protocol/config.ts";
import type { ReadBlob } from "../../../helper-daemon/endpoints/load-images.ts";
import { createModelPort } from "../../../helper-daemon/endpoints/model-port.ts";

/** What one request through the real port came to. */
export interface Asked {
  reply: ModelReply;
  /** Deltas as `channel:text`. */
  told: string[];
  /** How long the port wanted to wait before each new attempt, in milliseconds. */
  waits: number[];
}

export interface AskOptions {
  url: string;
  profile?: Partial<EndpointProfile>;
  key?: string;
  limits?: Partial<Limits>;
  request?: Partial<ModelRequest>;
  signal?: AbortSignal;
  tell?: Tell;
  readBlob?: ReadBlob;
}

export const question: ModelRequest = {
  endpoint: "x",
  model: "m",
  system: "You are a test.",
  tools: [{ name: "files_list", description: "List files.", input_schema: { type: "object", properties: {} } }],
  messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
  maxTokens: 100,
};

export function profileFor(url: string, changes: Partial<EndpointProfile> = {}): EndpointProfile {
  return endpointProfileSchema.parse({ dialect: "anthropic", url, model: "m", trust: "local", ...changes });
}

/** Asks through the real port over real HTTP; only the waiting between attempts is skipped, and written down. */
export async function ask(options: AskOptions): Promise<Asked> {
  const told: string[] = [];
  const waits: number[] = [];
  const port = createModelPort({
    resolve: () => ({ profile: profileFor(options.url, options.profile), key: options.key }),
    limits: () => limitsSchema.parse({ requestAttempts: 2, ...options.limits }),
    ...(options.readBlob === undefined ? {} : { readBlob: options.readBlob }),
    random: () => 0,
    wait: async (duration) => void waits.push(duration),
  });
  const tell: Tell = (delta) => {
    told.push(`${delta.channel}:${delta.text}`);
    options.tell?.(delta);
  };
  const signal = options.signal ?? new AbortController().signal;
  const reply = await port({ ...question, ...options.request }, signal, tell);
  return { reply, told, waits };
}
