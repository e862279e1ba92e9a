/** A call as a model made it. `input` is the JSON of its arguments, its keys in the order in which the client sent them. */
export interface Call {
  name: string;
  input: string;
}

/** One message of a conversation, whatever the dialect it came in. */
type Turn =
  | { from: "user"; text: string }
  | { from: "result"; id: string; text: string }
  | { from: "assistant"; text: string; calls: readonly Call[]; ids: readonly string[] };

/** A request as a chat template sees it. */
export interface Conversation {
  system: string;
  /** JSON of the tools, in the order in which they came; empty where there are none. */
  tools: string;
  turns: readonly Turn[];
}

/** What a request of either dialect may hold, as far as the engine looks at it. */
export interface RequestBody {
  stream?: boolean;
  max_tokens?: number;
  max_completion_tokens?: number;
  system?: Content;
  tools?: readonly object[];
  messages: readonly WireMessage[];
}

type Content = string | null | undefined | readonly Part[];

interface Part {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: object;
  tool_use_id?: string;
  content?: Content;
}

interface WireMessage {
  role: string;
  content?: Content;
  tool_call_id?: string;
  tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
}

/** Reads the body of a Messages request. Images and thinking are no part of what this engine evaluates. */
export function fromMessages({ system, tools, messages }: RequestBody): Conversation {
  const turns = messages.flatMap(({ role, content }): Turn[] => {
    const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
    if (role !== "assistant") return parts.flatMap(userTurn);
    const uses = parts.filter(({ type }) => type === "tool_use");
    return [
      {
        from: "assistant",
        text: textOf(parts),
        calls: uses.map(({ name = "", input = {} }) => ({ name, input: JSON.stringify(input) })),
        ids: uses.map(({ id = "" }) => id),
      },
    ];
  });
  return { system: textOf(system), tools: jsonOf(tools), turns };
}

function userTurn(part: Part): Turn[] {
  if (part.type === "text") return [{ from: "user", text: part.text ?? "" }];
  if (part.type !== "tool_result") return [];
  return [{ from: "result", id: part.tool_use_id ?? "", text: textOf(part.content) }];
}

/** Reads the body of a chat completion. Arguments are written anew, as the templates of tool calling models do. */
export function fromCompletion({ tools, messages }: RequestBody): Conversation {
  const isSystem = ({ role }: WireMessage): boolean => role === "system" || role === "developer";
  const turns = messages.flatMap((message): Turn[] => {
    const { role, content, tool_call_id: id = "", tool_calls: calls = [] } = message;
    if (isSystem(message)) return [];
    if (role === "tool") return [{ from: "result", id, text: textOf(content) }];
    if (role !== "assistant") return [{ from: "user", text: textOf(content) }];
    const made = calls.map(({ function: { name, arguments: text } }) => ({
      name,
      input: JSON.stringify(JSON.parse(text)),
    }));
    return [{ from: "assistant", text: textOf(content), calls: made, ids: calls.map((call) => call.id) }];
  });
  const system = messages.filter(isSystem).map(({ content }) => textOf(content));
  return { system: system.join("\n"), tools: jsonOf(tools), turns };
}

function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ type, text = "" }) => (type === "text" ? text : "")).join("");
}

function jsonOf(tools: readonly object[] = []): string {
  return tools.length === 0 ? "" : JSON.stringify(tools);
}
