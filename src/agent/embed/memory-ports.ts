import type * as z from "zod";
import { configSchema, limitsSchema } from "../../protocol/config.ts";
import type { Delta, Entry, EntryDraft } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { Rule } from "../../protocol/values.ts";
import { startAwakeTimer } from "../awake-timer.ts";
import { standingRules } from "../policy/standing-rules.ts";
import type { ModelWindow, Ports, Settings } from "../ports.ts";
import { type AgentModel, askModel } from "./agent-model.ts";
import type { AgentTool } from "./agent-tool.ts";
import { bookOf, shelve } from "./agent-tools.ts";
import { createHookPort } from "./hook-port.ts";
import type { AnswerValidator, ToolExecutionPolicy, ToolHook } from "./pending-call.ts";
import { inspectCall, runCall } from "./run-tool.ts";
import type { Runtime } from "./runtime.ts";
import type { TraceLog } from "./trace-log.ts";

/** What a loop in memory is made of. */
export interface MemoryPortsOptions {
  model: AgentModel;
  tools: readonly AgentTool[];
  /** Clock, timers, chance and SHA-256. */
  runtime: Runtime;
  /** Who the model is and what it is there for: the head of the system text. */
  instructions?: string;
  policy?: ToolExecutionPolicy;
  hooks?: readonly ToolHook[];
  validators?: readonly AnswerValidator[];
  /** Tokens that the model's requests and responses may have together; a conversation is made smaller to fit. Absent: any. */
  window?: number;
  /** As in `config.json`: what they deny, no policy and no approval lifts. */
  rules?: readonly Omit<Rule, "layer">[];
  limits?: z.input<typeof limitsSchema>;
}

const INSTRUCTIONS = "You are an assistant that works through tools.";

/**
 * The ports of one session over a log in memory: model, tools, policy and hooks as plain functions. `tell` gets what is
 * broadcast and not recorded.
 * @throws LoopdError `invalid-params` for tools, hooks, rules or limits that cannot be used.
 */
export function memoryPorts(options: MemoryPortsOptions, log: TraceLog, tell: (delta: Delta) => void): Ports {
  const { runtime, instructions = INSTRUCTIONS } = options;
  const limits = limitsOf(options.limits);
  const tools = shelve(options.tools);
  const digest = (text: string) => runtime.hash("sha256", text);
  const rules = standingRules(rulesOf(options.rules ?? []), "~");
  const { hooks = [], validators = [], policy } = options;
  const port = createHookPort({ policy, hooks, validators }, (callId) => rationaleIn(log.entries(), callId));
  const fixed = { hooks: port.hooks, limits, tools: bookOf(tools, limits), memoryIndex: "", instructions };
  const window = windowOf(options.window);
  const boot = runtime.newId();
  /** How far the loop has read. */
  let seen = 0;
  return {
    settings: (): Settings => ({ ...fixed, windowOf: () => window, rules: [...rules, ...log.grants()] }),
    record: (drafts) =>
      log.write(() => {
        refuseUnread(drafts, log.entries(), seen);
        return drafts;
      }),
    read: async (after, wait) => {
      const found = await log.read(after, wait);
      if (wait === undefined) seen = Math.max(seen, found.at(-1)?.seq ?? after);
      return found;
    },
    model: (request, signal, show) => askModel(options.model, request, signal, show),
    hook: (hook: Hook, input, signal) => port.ask(hook, input, signal),
    inspect: (call) => inspectCall(tools.get(call.name), call, digest),
    run: (call, context) =>
      runCall(tools.get(call.name), call, context, { digest, outputBytes: call.outputBytes ?? limits.toolOutputBytes }),
    ready: () => Promise.resolve(),
    request: () => Promise.reject(new LoopdError("unknown-method", "An embedded loop has no socket to ask.")),
    now: () => runtime.now(),
    timer: (limit) => startAwakeTimer(runtime, limit),
    digest,
    boot: () => boot,
    tell,
  };
}

/** Nobody tells here how a model counts, so room is made early. */
function windowOf(tokens: number | undefined): ModelWindow | undefined {
  if (tokens === undefined) return undefined;
  if (Number.isInteger(tokens) && tokens >= LEAST_WINDOW)
    return { tokens, source: "declared", factor: 1, isCalibrated: false };
  const what = `window: a whole number of tokens, at least ${LEAST_WINDOW}, not ${tokens}.`;
  throw new LoopdError("invalid-params", what);
}

const LEAST_WINDOW = 1_024;

/** What the model gave as its reason for a call. */
export function rationaleIn(entries: readonly Entry[], callId: string): string | undefined {
  const entry = entries.findLast((one) => one.kind === "tool.requested" && one.data.callId === callId);
  return entry?.kind === "tool.requested" ? entry.data.rationale : undefined;
}

/** A condition that is not understood would hold for every call. */
function rulesOf(given: NonNullable<MemoryPortsOptions["rules"]>) {
  const { success, data, error } = configSchema.shape.rules.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new LoopdError("invalid-params", `rules.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unreadable"}.`);
}

function limitsOf(given: MemoryPortsOptions["limits"]) {
  const { success, data, error } = limitsSchema.safeParse(given ?? {});
  if (success) return data;
  const [issue] = error.issues;
  throw new LoopdError("invalid-params", `limits.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unreadable"}.`);
}

/** A turn is not done while words of the person came that the loop has not read: it reads them, and decides again. */
function refuseUnread(drafts: readonly EntryDraft[], entries: readonly Entry[], seen: number): void {
  const isDone = drafts.some((draft) => draft.kind === "turn.finished" && draft.data.finish === "done");
  const last = entries.at(-1);
  if (!isDone || last === undefined || last.seq <= seen) return;
  const isUnread = entries.findLast((entry) => entry.kind === "note.added" && entry.data.from === "person");
  if (isUnread !== undefined && isUnread.seq > seen) {
    throw new LoopdError("card-resolved", "Somebody's words came first.");
  }
}
