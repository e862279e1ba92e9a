import type * as z from "zod";
import type { CallContext, RunnableCall } from "../agent/ports.ts";
import type { EntryData } from "../protocol/entries.ts";
import type { Content, Effect, Facts, Json, Millis } from "../protocol/values.ts";
import type { SessionScreen } from "../ax-helper/session-screen.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";

/** The part of the world a call happens in. */
export interface Place {
  /** Real path of the session's folder. */
  workspace: string;
  /** The person's home folder. */
  home: string;
  /** Real paths that no tool may touch: the loopd home and credential folders. */
  protectedPaths: readonly string[];
  /** Bytes of text that may reach the model. */
  outputBytes: number;
  platform: NodeJS.Platform;
  /** Variables of the helper. A child process gets an allow-list of them, never all (`runner/environment.ts`). */
  environment: Readonly<Record<string, string | undefined>>;
  /** Keeps commands in their place, where this machine can. */
  sandbox: Sandbox;
  /** The session's sight of the screen. */
  screen: SessionScreen;
  /** Hosts of this machine or the local network that may be reached all the same. */
  allowedPrivateHosts: readonly string[];
  /** Keeps bytes as a content-addressed file and returns its name. */
  saveBlob(bytes: Uint8Array): Promise<string>;
  /** The same for a file of up to 64 MiB, which is copied or moved; the caller removes what is left of it. */
  saveBlobFile(path: string): Promise<string>;
  /**
   * Sources of what is at real paths, as far as sessions wrote it after they had read text from elsewhere. `names`: only
   * what a list of the names would show.
   */
  sourcesOf(paths: readonly string[], what: "names" | "content"): Promise<string[]>;
  /** The same for a blob. */
  sourcesOfBlob(name: string): string[];
  /**
   * A schedule as people write it: what it means and its next firings, or why it cannot be, one line each; and the ISO time
   * at which it means that.
   */
  describeSchedule(when: string, zone: string | undefined): Promise<{ lines: string[]; asOf: string }>;
  /** Bytes of a blob from an offset on, or undefined where there is none of that name. */
  readBlob(name: string, offset: number, length: number): Promise<{ bytes: Uint8Array; total: number } | undefined>;
}

/** What `run` gets besides its input. */
export interface ToolContext extends CallContext, Place {
  /** Facts recorded with the decision, freshly confirmed. */
  facts: Facts;
  /** Whether a rule forbids the same call about a real path that it meets on its way. */
  isClosed(path: string): boolean;
  /** What rules close to a command. */
  closes: NonNullable<RunnableCall["closes"]>;
  /** Names of the tools that the session's epoch lists. */
  listed: readonly string[];
  /** What the model has before it of the screen. */
  sight: NonNullable<RunnableCall["sight"]>;
  /** Whether the model sees pictures. */
  takesImages: boolean;
  /** Values of the turn's typed environment. */
  env: Readonly<Record<string, string>>;
}

/** What a tool answers. A failure that the model should read is `isError`, never an exception. */
export interface ToolResult {
  text: string;
  isError?: boolean;
  /** Name of the blob with the whole output, where `text` is cut. */
  blob?: string;
  /** Parts that are no text; `text` names each of them. */
  content?: Content[];
  /** Files as the model has now seen them. */
  saw?: EntryData<"tool.finished">["saw"];
  /** What the model sees of the screen with this. */
  sight?: EntryData<"tool.finished">["sight"];
  /** Sources of the text that taint the session, beside the one in the facts. */
  taints?: string[];
  /** What the run used of the turn's budget. */
  spent?: EntryData<"tool.finished">["spent"];
}

/** One tool: one object in one file. Nothing else knows that it exists but the catalogue. */
export interface Tool<Input = unknown> {
  name: string;
  /** For tools of an MCP server: `mcp`. */
  group: "files" | "shell" | "screen" | "web" | "memory" | "routines" | "system" | "mcp";
  effect: Effect;
  isIdempotent: boolean;
  /** See `ToolFace`. */
  isDelegating?: boolean;
  /** A tier of `limits`, or milliseconds. */
  timeLimit: "internal" | "mcp" | "other" | Millis;
  /** One line; every byte of it is paid for with each epoch. */
  description: string;
  input: z.ZodType<Input>;
  /** What a model is told of the input, where that does not follow from `input`: the projected schema of a stranger's. */
  wireSchema?: { readonly [key: string]: Json };
  /** Whether it is in every prompt. Absent: as the set of listed tools says. */
  isListed?: boolean;
  /** MCP server that it belongs to. */
  server?: string;
  /** Where its name and description come from, unless somebody vouches for them. */
  source?: string;
  /** The first one is shown to a model that called the tool wrongly. */
  examples: readonly NoInfer<Partial<Input>>[];
  /** Facts about what the call would touch. Reads only. Absent: no facts. */
  inspect?(input: Input, place: Place, asker: Pick<RunnableCall, "takesImages">): Promise<Omit<Facts, "hash">>;
  /** What of the facts must still be so when the call runs, for their hash. Absent: all of them. */
  identify?(facts: Omit<Facts, "hash">): Json;
  run(input: Input, context: ToolContext): Promise<ToolResult>;
}

/** Gives a tool its type from its schema. */
export function defineTool<Input>(tool: Tool<Input>): Tool<Input> {
  return tool;
}
