/** Something a scripted model says in one response. */
export type Said =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "tool_use"; name: string; argumentsText: string };

/** Tokens that a response reports. */
export interface SaidUsage {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens?: number;
}

/** One response of a scripted model, good or bad. */
export interface Step {
  said: Said[];
  /** `message`: a normal stream. `raw`: exactly this. `stalls`: headers and the beginning, then nothing, for ever. */
  manner: "message" | "raw" | "stalls" | "silent" | "overloaded";
  raw?: { status: number; headers: Record<string, string>; body: string };
  stopReason?: string;
  /** `null`: none is reported. */
  usage?: SaidUsage | null;
  cutsOffAfter?: "text" | "arguments";
  isWithoutStop?: boolean;
  hasNullContent?: boolean;
  hasSameIds?: boolean;
  isOneChunk?: boolean;
  /** The answer is one JSON document, although a stream was asked for. */
  isWhole?: boolean;
  /** Holds the whole response back. */
  gate?: Gate;
  /** Holds back what follows the beginning. */
  pause?: Gate;
}

/** Holds a response back until a test lets it go. */
export interface Gate {
  opened: Promise<void>;
  release(): void;
}

/** A closed gate. */
export function gate(): Gate {
  let release = () => {};
  const opened = new Promise<void>((resolve) => (release = resolve));
  return { opened, release };
}

/**
 * What a model is to answer, one step per request. Methods that name an answer (`says`, `calls`, `status`, `html`, …)
 * add a step; those that name a habit (`withoutUsage`, `sameId`, `holds`, …) change the step before them.
 */
export class ModelScript {
  readonly steps: Step[] = [];
  isRepeating = false;
  #thoughts: Said[] = [];

  /** A final answer. */
  says(text: string): this {
    return this.#add({ manner: "message", said: [{ type: "text", text }] });
  }

  /** Tool calls: one as name and input, or several as a list. */
  calls(name: string, input?: object): this;
  calls(several: { name: string; input?: object; text?: string }[]): this;
  calls(nameOrSeveral: string | { name: string; input?: object; text?: string }[], input: object = {}): this {
    const several = typeof nameOrSeveral === "string" ? [{ name: nameOrSeveral, input }] : nameOrSeveral;
    const said = several.flatMap(({ name, input = {}, text }): Said[] => [
      ...(text === undefined ? [] : [{ type: "text" as const, text }]),
      { type: "tool_use", name, argumentsText: JSON.stringify(input) },
    ]);
    return this.#add({ manner: "message", said });
  }

  /** A thinking block in front of the next step. */
  thinks(thinking: string, signature: string): this {
    this.#thoughts.push({ type: "thinking", thinking, signature });
    return this;
  }

  /** A call whose arguments stop in the middle although the stream ends properly. */
  truncatedArguments(name: string, argumentsText: string): this {
    return this.#add({
      manner: "message",
      said: [{ type: "tool_use", name, argumentsText }],
      stopReason: "max_tokens",
    });
  }

  /** An HTTP error. A string as body is sent as plain text. */
  status(
    status: number,
    options: { retryAfter?: number | string; headers?: Record<string, string> } = {},
    body?: unknown,
  ): this {
    const retryAfter: Record<string, string> = {};
    if (options.retryAfter !== undefined) retryAfter["retry-after"] = String(options.retryAfter);
    const isText = typeof body === "string";
    const type = isText ? "text/plain" : "application/json";
    const error = body ?? { type: "error", error: { type: "error_of_the_script", message: `status ${status}` } };
    return this.sends(isText ? body : JSON.stringify(error), type, status, { ...retryAfter, ...options.headers });
  }

  /** A web page with status 200. */
  html(): this {
    return this.sends("<!doctype html><html><head><title>Sign in</title></head><body>hello</body></html>", "text/html");
  }

  /** Exactly this body. */
  sends(body: string, contentType = "text/event-stream", status = 200, headers: Record<string, string> = {}): this {
    return this.#add({
      manner: "raw",
      said: [],
      raw: { status, headers: { "content-type": contentType, ...headers }, body },
    });
  }

  /** Begins a text and then says nothing more, with the connection open. */
  stalls(): this {
    return this.#add({ manner: "stalls", said: [{ type: "text", text: "Let me see" }] });
  }

  /** Takes the request and never answers, not even with headers. */
  silent(): this {
    return this.#add({ manner: "silent", said: [] });
  }

  /** Destroys the connection in the middle of a text or of the arguments of a call. */
  cutsOff({ after }: { after: "text" | "arguments" }): this {
    const said: Said[] = [{ type: "text", text: "Let me look into that folder" }];
    if (after === "arguments")
      said.push({ type: "tool_use", name: "files_list", argumentsText: '{"path":"some/folder"}' });
    return this.#add({ manner: "message", said, cutsOffAfter: after });
  }

  /** Begins a text, then sends the overloaded error as an event. */
  overloadedMidStream(): this {
    return this.#add({ manner: "overloaded", said: [{ type: "text", text: "Let me see" }] });
  }

  /** A message whose content is null. */
  nullContent(): this {
    return this.#add({ manner: "message", said: [], hasNullContent: true });
  }

  withoutUsage(): this {
    return this.#change({ usage: null });
  }

  withUsage(usage: SaidUsage): this {
    return this.#change({ usage });
  }

  /** The stream ends, but `message_stop` never came. */
  withoutStop(): this {
    return this.#change({ isWithoutStop: true });
  }

  /** All calls of the step have one id, which every such step shares. */
  sameId(): this {
    return this.#change({ hasSameIds: true });
  }

  /** Each block's content arrives in one delta. */
  oneChunk(): this {
    return this.#change({ isOneChunk: true });
  }

  /** The answer comes as one JSON document instead of a stream. */
  whole(): this {
    return this.#change({ isWhole: true });
  }

  stopReason(stopReason: string): this {
    return this.#change({ stopReason });
  }

  /** The step is held back, headers and all, until the gate is released. */
  holds(held: Gate): this {
    return this.#change({ gate: held });
  }

  /** The beginning is sent; the rest follows once the gate is released. */
  pauses(held: Gate): this {
    return this.#change({ pause: held });
  }

  /** Further requests get the last step again. Without it they get an error that says so. */
  repeatLast(): this {
    this.isRepeating = true;
    return this;
  }

  #add(step: Step): this {
    this.steps.push({ ...step, said: [...this.#thoughts, ...step.said] });
    this.#thoughts = [];
    return this;
  }

  #change(habit: Partial<Step>): this {
    const last = this.steps.pop();
    if (last === undefined) throw new Error("a habit needs a step before it");
    this.steps.push({ ...last, ...habit });
    return this;
  }
}

/** A new script: `script().calls("files_read", { path: "a" }).says("done")`. */
export function script(): ModelScript {
  return new ModelScript();
}
