import type { UsableWindow } from "../protocol/endpoint-profile.ts";
import type { Delta, EntryData, Overrides } from "../protocol/entries.ts";
import type { Block, Message, ToolSchema, Usage } from "../protocol/values.ts";

/** How much a conversation with a model may hold, and how well its tokens can be counted. */
export interface ModelWindow {
  /** Tokens of a request and its response together. */
  tokens: number;
  /** Who said so. */
  source: UsableWindow["source"];
  /** Tokens per 3.5 bytes of canonical text. */
  factor: number;
  /** The factor was learnt from what the server reported; otherwise estimates may be far off. */
  isCalibrated: boolean;
  /** A model at the same endpoint that writes summaries. Absent: the conversation's own model does. */
  summariser?: string;
  /** A model at the same endpoint for small jobs, such as judging an answer. Absent: the conversation's own model. */
  fast?: string;
}

/** Sampling and thinking, as the turn asks for them; what is absent is the server's choice. */
type Inference = Pick<Overrides, "temperature" | "topP" | "thinkingTokens">;

/** One request to a model, dialect-neutral. */
export interface ModelRequest {
  endpoint: string;
  model: string;
  /** Id of the epoch whose requests each extend the last. Absent: a request for itself. */
  epoch?: string;
  system: string;
  tools: readonly ToolSchema[];
  messages: readonly Message[];
  maxTokens: number;
  inference?: Inference;
  /** It is asked for a routine: where many wait for an endpoint, people come first. */
  isForRoutine?: boolean;
}

/** Something a person should know about the endpoint, although it answered. */
export type Warning = EntryData<"warning.raised">;

/** How a model request ended. Failures the person must hear about are values; retries already happened. */
export type ModelReply =
  | { type: "responded"; content: Block[]; stopReason: string; usage?: Usage; warnings?: Warning[] }
  /** `window`: as many tokens the server said that it holds. */
  | { type: "failed"; code: string; message: string; window?: number }
  /** The endpoint or its unsaved profile no longer exists. */
  | { type: "gone"; code: string; message: string }
  | { type: "aborted" };

/** What a face sees of a request while it runs. */
export type Tell = (delta: Pick<Delta, "channel" | "text">) => void;
