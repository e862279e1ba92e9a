import { expect } from "vitest";

type Block = { type: string; [field: string]: unknown };

/** A request of either dialect as it arrived, cut into what a server's cache sees one after the other. */
export interface WireRequest {
  /** Tools, system text, then each message: the bytes of its JSON, without marks for the server's cache. */
  tools: string;
  system: string;
  messages: string[];
}

interface WireBody {
  tools?: object[];
  system?: string | object[];
  messages: { role: string; content: string | Block[]; tool_calls?: { id: string }[]; tool_call_id?: string }[];
}

/** Reads a request's body. Keys keep their order, so equal parts of two requests are equal strings. */
export function readWire(text: string): WireRequest {
  const { tools = [], system, messages } = JSON.parse(text) as WireBody;
  const [first, ...rest] = messages;
  const isOpenai = first?.role === "system";
  const said = isOpenai ? rest : messages;
  const known = typeof system === "string" ? [{ type: "text", text: system }] : (system ?? []).map(unmarked);
  return {
    tools: JSON.stringify(tools.map(unmarked)),
    system: JSON.stringify(isOpenai ? first.content : known),
    messages: said.map((message) => {
      const { content } = message;
      return JSON.stringify(typeof content === "string" ? message : { ...message, content: content.map(unmarked) });
    }),
  };
}

/** Without `cache_control`, which moves from request to request and which no model reads. */
function unmarked(part: object): object {
  return Object.fromEntries(Object.entries(part).filter(([key]) => key !== "cache_control"));
}

/** How many messages two requests have in common from the start; -1 where not even tools and system text are the same. */
export function sharedMessages(one: WireRequest, other: WireRequest): number {
  if (one.tools !== other.tools || one.system !== other.system) return -1;
  const different = one.messages.findIndex((message, index) => message !== other.messages[index]);
  return different === -1 ? one.messages.length : different;
}

/**
 * Checks what every server of the dialect wants: each call is answered right behind it, in order and once, nothing
 * answers a call that is not there, no id stands for two calls, and no user message mixes results with anything else.
 */
export function expectSound(text: string): void {
  const { messages } = JSON.parse(text) as WireBody;
  const asked = new Set<string>();
  let open: string[] = [];
  for (const { role, content, tool_calls: calls = [], tool_call_id: answered } of messages) {
    const blocks = typeof content === "string" ? [] : content;
    const results = blocks.flatMap(({ type, tool_use_id: id }) => (type === "tool_result" ? [id as string] : []));
    const answers = answered === undefined ? results : [answered];
    expect(results.length === 0 || results.length === blocks.length, "results mixed with something else").toBe(true);
    expect(answers, "results are those of the calls before, in their order").toEqual(open.slice(0, answers.length));
    open = open.slice(answers.length);
    if (answered === undefined || role !== "tool") expect(open, "calls without a result").toEqual([]);
    const fresh = [
      ...blocks.flatMap(({ type, id }) => (type === "tool_use" ? [id as string] : [])),
      ...calls.map(({ id }) => id),
    ];
    for (const id of fresh) {
      expect(asked, "an id that stands for two calls").not.toContain(id);
      asked.add(id);
    }
    open.push(...fresh);
  }
  expect(open, "calls without a result").toEqual([]);
}
