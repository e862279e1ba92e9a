import type { ModelReply, Tell } from "../../src/agent/ports.ts";
import type { EndpointProfile } from "../../src/protocol/config.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";
import type { LoadedRequest } from "./load-images.ts";

/** How one kind of server is asked and understood. Everything else of an attempt is the same for all. */
export interface Dialect {
  /** Sends the request. Rejects with a `BadStatus` for any status but success, else as `fetch` does. */
  open(
    request: LoadedRequest,
    profile: EndpointProfile,
    secrets: EndpointSecrets,
    signal: AbortSignal,
  ): Promise<Answer>;
  createReply(tell: Tell): ReplyBuilder;
}

/** A successful answer whose body is not read yet. */
export interface Answer {
  /** Waits for the first words; from then on `alive` is called for whatever arrives. Once. */
  begin(alive: () => void): Promise<BegunAnswer>;
}

/** An answer that has begun. It is read once, in one of both ways. */
export interface BegunAnswer {
  /** What it begins with, blank space left out; empty where nothing came. */
  opening: string;
  /** By its beginning it is no document of JSON or HTML. */
  isStream: boolean;
  text(): Promise<string>;
  events(): AsyncIterable<ServerEvent>;
}

/** One server-sent event. */
export interface ServerEvent {
  event: string | null;
  data: string;
}

/** What an answer has said so far. */
export interface ReplyBuilder {
  /**
   * Takes one event of a stream; what is not known is passed over.
   * @throws SyntaxError when something known does not have its shape.
   */
  add(event: unknown): void;
  /** Takes an answer that came in one piece, and says whether it was one. @throws SyntaxError as `add`. */
  addWhole(message: unknown): boolean;
  /** The server has sent the sentinel `[DONE]`. */
  done(): void;
  /** Whether the server has said that the reply ends here: only then is it whole. */
  isComplete(): boolean;
  /** The reply, or undefined where the server sent `content: null` and nothing else. */
  finish(): Extract<ModelReply, { type: "responded" }> | undefined;
}
