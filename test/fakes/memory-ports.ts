import { createHash } from "node:crypto";
import { refuseSecondAnswers } from "../../src/agent/embed/trace-log.ts";
import { fold } from "../../src/agent/fold.ts";
import type {
  ModelReply,
  ModelRequest,
  Outcome,
  ParsedCall,
  Ports,
  RunnableCall,
  Settings,
  ToolBook,
} from "../../src/agent/ports.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import { runTurns } from "../../src/agent/run-turn.ts";
import { emptyView, type TurnView } from "../../src/agent/transcript.ts";
import { type Limits, limitsSchema } from "../../src/protocol/config.ts";
import type { Hook, HookInput } from "../../src/protocol/hooks.ts";
import { type Entry, type EntryDraft, entrySchema } from "../../src/protocol/entries.ts";
import type { Effect, Facts, Json, Rule } from "../../src/protocol/values.ts";

/** Thrown by `record` where a test pulls the plug; nothing of that record is kept. */
class Crash extends Error {}

/** A world in memory: one session's log, a scripted model, tools that count their runs. */
export interface MemoryWorld {
  entries: Entry[];
  /** Calls in the order they were performed, by callId. */
  performed: string[];
  requests: ModelRequest[];
  /** Hooks in the order in which they answered: name, phase, callId, outcome. */
  hooked: string[];
  /** Adds an entry as somebody outside the loop would. */
  write(draft: EntryDraft): void;
  /** Runs the loop from what is recorded until nothing is open, `record` crashes, or it waits for a person. */
  run(): Promise<"ended" | "waiting" | "crashed">;
  view(): TurnView;
  settings: Settings;
  /** Pulls the plug at the n-th record of the next run. */
  crashAt(record: number): void;
  /** Does something while the next record waits for the disk. */
  meanwhile(work: () => void): void;
}

/** What the world does; the replies are used up in order and then the last one repeats. */
export interface MemoryOptions {
  replies: ModelReply[];
  /** Answers instead of the replies. */
  model?: (request: ModelRequest) => ModelReply;
  maxSteps?: number;
  /** What `inspect` finds. Absent: a call in the workspace. */
  facts?: (call: ParsedCall) => Omit<Facts, "hash">;
  rules?: readonly Rule[];
  limits?: Partial<Limits>;
  /** What tools answer. Absent: that they did it. */
  answers?: (call: RunnableCall) => Partial<Outcome>;
  hooks?: readonly Hook[];
  /** What hooks answer; may throw. Absent: nothing. */
  hook?: (hook: Hook, input: HookInput, signal: AbortSignal) => unknown;
  /** Crash at the n-th record of each run, once per number, in order. */
  crashes?: number[];
}

/** `ask` and `elicit` ask the person something before they are done; only `ask` may run again. */
const EFFECTS: Record<string, Effect> = {
  look: "read",
  note: "state",
  ask: "state",
  act: "exec",
  elicit: "exec",
  save: "write",
  final_answer: "state",
};

const book: ToolBook = {
  schemas: () =>
    Object.keys(EFFECTS)
      .sort()
      .map((name) => ({ name, description: name, input_schema: { type: "object" } })),
  schemaOf: (name) => (name in EFFECTS ? { name, description: name, input_schema: { type: "object" } } : undefined),
  find: (name) => {
    const effect = EFFECTS[name];
    return effect && { name, effect, isIdempotent: effect === "state", timeLimit: 60_000 };
  },
  parse: (_, input) =>
    typeof input === "object" && input !== null && "bad" in input
      ? { type: "invalid", message: "bad is no argument" }
      : { type: "parsed", arguments: input },
  suggest: (name) => `There is no tool ${name}.`,
};

/** A tool_use block for a scripted reply. */
export function use(name: string, input: Json = {}, id = `id-${name}`) {
  return { type: "tool_use" as const, id, name, input };
}

/** A scripted reply with calls. */
export function calls(...blocks: ReturnType<typeof use>[]): ModelReply {
  return { type: "responded", content: blocks, stopReason: "tool_use", usage: { inputTokens: 1, outputTokens: 1 } };
}

/** A scripted final answer. */
export function says(text: string): ModelReply {
  return { type: "responded", content: [{ type: "text", text }], stopReason: "end_turn" };
}

/** Opens a world with one turn started. Entries cross JSON and the protocol's schema, as they do on disk. */
export function memoryWorld(options: MemoryOptions): MemoryWorld {
  const { replies, maxSteps = 20, crashes = [], answers = () => ({}) } = options;
  const { facts = () => ({ inWorkspace: true }) } = options;
  const entries: Entry[] = [];
  const performed: string[] = [];
  const requests: ModelRequest[] = [];
  const hooked: string[] = [];
  const waiting = new Set<() => void>();
  const plugs = [...crashes];
  let meanwhile: (() => void) | undefined;
  const settings: Settings = {
    rules: [...standingRules([], "/home/p"), ...(options.rules ?? [])],
    hooks: options.hooks ?? [],
    limits: limitsSchema.parse({ maxSteps, ...options.limits }),
    tools: book,
    memoryIndex: "",
  };

  const append = (draft: EntryDraft) => {
    const seq = entries.length + 1;
    const stamped = { v: 1, seq, id: `e${seq}`, at: new Date(seq).toISOString(), boot: "b", mono: seq, ...draft };
    entries.push(entrySchema.parse(JSON.parse(JSON.stringify(stamped))));
  };
  const view = () => entries.reduce(fold, emptyView("s1"));
  append({ kind: "session.created", session: "s1", data: { title: "t", workspace: "/w", nonce: "n0" } });
  const world: MemoryWorld = {
    entries,
    performed,
    requests,
    hooked,
    settings,
    view,
    crashAt: (record) => plugs.push(record),
    meanwhile: (work) => (meanwhile = work),
    write: (draft) => {
      append(draft);
      for (const wake of [...waiting]) wake();
    },
    run: async () => {
      let records = 0;
      let isWaiting = false;
      const stop = new AbortController();
      const ports: Ports = {
        settings: () => settings,
        record: async (drafts) => {
          records += 1;
          if (records === plugs[0]) {
            plugs.shift();
            throw new Crash();
          }
          const work = meanwhile;
          meanwhile = undefined;
          work?.();
          refuseSecondAnswers(entries, drafts);
          const before = entries.length;
          for (const draft of drafts) append(draft);
          for (const wake of [...waiting]) wake();
          return entries.slice(before);
        },
        read: async (after, wait) => {
          const found = () => entries.filter((entry) => entry.seq > after);
          if (wait === undefined || found().length > 0 || wait.aborted) return found();
          await new Promise<void>((resolve) => {
            waiting.add(resolve);
            wait.addEventListener("abort", () => resolve(), { once: true });
            // The loop waits on nothing but a person: the test decides what happens next.
            setImmediate(() => {
              if (isIdle()) {
                isWaiting = true;
                stop.abort();
              }
            });
          });
          return found();
        },
        model: async (request) => {
          requests.push(request);
          if (options.model !== undefined) return structuredClone(options.model(request));
          const reply = replies.length > 1 ? replies.shift() : replies[0];
          return structuredClone(reply ?? says(""));
        },
        hook: async (hook, input, signal) => {
          const said = await options.hook?.(hook, input, signal);
          hooked.push(`${hook.name} ${input.at} ${input.call?.callId ?? ""} ${input.outcome?.kind ?? ""}`.trim());
          return said ?? {};
        },
        inspect: async (call) => ({ ...facts(call), hash: "h" }),
        run: async (call: RunnableCall, context) => {
          performed.push(call.callId);
          if (call.name === "ask" || call.name === "elicit") {
            const { resolution, answer = null, reason = "" } = await context.ask({ text: "well?", from: call.name });
            const text = `${resolution}: ${JSON.stringify(answer)} ${reason}`;
            return { kind: "ok", text, isSideEffectPossible: call.name === "elicit" };
          }
          const done = { kind: "ok" as const, text: `did ${call.name}`, isSideEffectPossible: call.effect !== "read" };
          return { ...done, ...answers(call) };
        },
        now: () => 0,
        timer: () => {
          const nothing = () => {};
          const still = { stop: nothing, pause: nothing, resume: nothing, restart: nothing };
          return { expired: new Promise(() => {}), ...still, elapsed: () => 1 };
        },
        ready: async () => {},
        request: async () => {
          throw new Error("no test asks for a method");
        },
        digest: (text) => createHash("sha256").update(text).digest("hex"),
        boot: () => "b",
        tell: () => {},
      };
      const isIdle = () => {
        const { turn } = view();
        return turn?.step?.calls.some((call) => call.cards.some((card) => card.resolution === undefined)) === true;
      };
      try {
        await runTurns(ports, view(), stop.signal);
        return isWaiting ? "waiting" : "ended";
      } catch (error) {
        if (error instanceof Crash) return "crashed";
        throw error;
      }
    },
  };
  startTurn(world, "t1", "hello", maxSteps);
  return world;
}

/** Submits one more turn. */
export function startTurn(world: MemoryWorld, turn: string, input: string, maxSteps = 20): void {
  const data = {
    input,
    origin: "user" as const,
    originKey: turn,
    endpoint: "e",
    model: "m",
    overrides: { maxSteps },
    provenance: {},
  };
  world.write({ kind: "turn.started", session: "s1", turn, data });
}
