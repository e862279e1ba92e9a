import type {
  CallContext,
  ModelReply,
  ModelRequest,
  Outcome,
  ParsedCall,
  Ports,
  Settings,
} from "../../src/agent/ports.ts";
import type { HookInput } from "../../src/protocol/hooks.ts";
import type { Facts, Json, Message, SessionId } from "../../src/protocol/values.ts";
import type { Codec } from "./codec.ts";
import type { Redaction, SessionRedaction } from "./redaction.ts";
import { createRestorer, type Restorer } from "./restorer.ts";
import { restoreDeltas } from "./restored-deltas.ts";

/** How much longer the arguments of one call, or one delta, may become by the values of their placeholders. */
const ROOM = 1024 * 1024;

/**
 * The ports of a session with the codec around them: models get and give placeholders, tools, hooks and the person real
 * values. Recording is not here: every record of the helper goes through the codec.
 */
export function redactedPorts(ports: Ports, redaction: Redaction, session: SessionId): Ports {
  const resolve = (token: string) => redaction.resolveIn(session, token);
  const restorer = (onUse?: (token: string) => void): Restorer => createRestorer(resolve, ROOM, onUse);
  const settings = describe(ports.settings, () => redaction.of(session));
  const real = (values: Json): Json => restorer().json(values, "anybody's");

  return {
    ...ports,
    settings,
    model: async (request, signal, tell) => {
      const now = redaction.forEndpoint(session, request.endpoint);
      if (now === undefined && redaction.isUnused()) return ports.model(request, signal, tell);
      const deltas = restoreDeltas(tell, (text) => restorer().text(text));
      const sent = now === undefined ? request : redactedRequest(request, redaction, session, now);
      const reply = await ports.model(sent, signal, (delta) => deltas.tell(delta));
      deltas.end();
      // Asked anew: much may have happened while the model spoke.
      const after = redaction.of(session);
      return after === undefined ? reply : redactedReply(reply, after.codec);
    },
    inspect: async (call) => {
      const used = new Set<string>();
      const restored = restorer((token) => used.add(token)).json(call.arguments, "anybody's");
      const facts = await ports.inspect({ ...call, arguments: restored });
      const isLeaving = leaves(call, facts);
      const picture = facts.picture !== undefined && redaction.of(session) !== undefined ? { isUnredacted: true } : {};
      return used.size > 0 && isLeaving
        ? { ...facts, ...picture, rehydrates: [...used].map(inWords).sort() }
        : { ...facts, ...picture };
    },
    run: async (call, context) => {
      const outcome = await ports.run({ ...call, arguments: real(call.arguments) }, withRealAnswers(context, real));
      const now = redaction.of(session);
      return now === undefined ? outcome : redactedOutcome(outcome, now.codec);
    },
    hook: async (hook, input, signal) => {
      // A turn's own validator comes out of the trace: its program's path and its schema hold placeholders.
      const realHook = restorer().json(hook, "anybody's");
      const answer = await ports.hook(realHook, withRealValues(input, restorer()), signal).catch((thrown: unknown) => {
        const { codec } = redaction.of(session) ?? {};
        throw codec === undefined ? thrown : new Error(codec.text(wordsOf(thrown), "world"), { cause: thrown });
      });
      const now = redaction.of(session);
      return now === undefined ? answer : now.codec.json(answer, "world", "anybody's");
    },
  };
}

/** Settings that say how the session is redacted; the same object until something of it changes. */
function describe(settings: Ports["settings"], of: () => SessionRedaction | undefined): Ports["settings"] {
  let last: { plain: Settings; fingerprint: string; settings: Settings } | undefined;
  return () => {
    const plain = settings();
    const now = of();
    if (now === undefined) return plain;
    const { fingerprint, ledger } = now;
    if (last?.plain === plain && last.fingerprint === fingerprint) return last.settings;
    const example = `<email:1:${ledger.nonce}>`;
    const note = `Text such as ${example} stands for a private value that you cannot see; tools and the person get the real one. Copy it exactly wherever the value belongs.`;
    last = { plain, fingerprint, settings: { ...plain, redaction: { fingerprint, note } } };
    return last.settings;
  };
}

/** A program that failed may say anything, and its path may be private. */
function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Whether what the call is given leaves this machine, or goes into a window, and so to whoever is behind it. */
function leaves({ effect }: ParsedCall, { server, domains = [], control }: Facts): boolean {
  return effect === "network" || server !== undefined || domains.length > 0 || control !== undefined;
}

/** `email:1:k3f9x` in words. The nonce stays: a grant must not answer for the first address of another session. */
function inWords(token: string): string {
  return token.replaceAll(":", " ");
}

const sentBefore = new WeakMap<Codec, WeakMap<Message, Message>>();

/** The last line of defence: whatever the trace holds, no request leaves without going through the codec. */
function redactedRequest(
  request: ModelRequest,
  redaction: Redaction,
  session: SessionId,
  before: SessionRedaction,
): ModelRequest {
  const { fingerprint, codec: old } = before;
  let { codec } = before;
  if (redaction.isNew(session, fingerprint)) {
    // What any of its texts gives away is private in all of them.
    old.json([request.system, request.tools, request.messages], "model", "ours");
    codec = redaction.beginAnew(session)?.codec ?? old;
  }
  const known = sentBefore.get(codec) ?? new WeakMap<Message, Message>();
  sentBefore.set(codec, known);
  const messages = request.messages.map((message) => {
    const fresh = known.get(message) ?? codec.json(message, "ours", "ours");
    known.set(message, fresh);
    return fresh;
  });
  const system = codec.text(request.system, "ours");
  const tools = codec.json(request.tools, "ours", "ours");
  before.ledger.commit();
  return { ...request, system, tools, messages };
}

function redactedReply(reply: ModelReply, codec: Codec): ModelReply {
  if (reply.type === "aborted") return reply;
  if (reply.type === "responded") return { ...reply, content: codec.json(reply.content, "model", "ours") };
  return { ...reply, message: codec.text(reply.message, "model") };
}

function redactedOutcome(outcome: Outcome, codec: Codec): Outcome {
  const { text, content, saw, taints } = outcome;
  return {
    ...outcome,
    text: codec.text(text, "world"),
    content: codec.json(content, "world", "ours"),
    saw: codec.json(saw, "world", "ours"),
    taints: codec.json(taints, "world", "ours"),
  };
}

/** Fields by name: the context may be an object whose methods a spread would lose. */
function withRealAnswers(context: CallContext, real: (values: Json) => Json): CallContext {
  return {
    callId: context.callId,
    signal: context.signal,
    progress: (text) => context.progress(text),
    restartLimit: () => context.restartLimit(),
    standStill: (until) => context.standStill(until),
    ask: async (question) => {
      const { answer, ...rest } = await context.ask(question);
      return answer === undefined ? rest : { ...rest, answer: real(answer) };
    },
    request: (method, params) => context.request(method, params),
    spawned: (pid, startTime) => context.spawned(pid, startTime),
  };
}

/** Facts of a call that is being decided are real already. */
function withRealValues(input: HookInput, restorer: Restorer): HookInput {
  const { call, outcome, answer } = input;
  return {
    ...input,
    workspace: restorer.text(input.workspace),
    ...(call === undefined ? {} : { call: { ...call, arguments: restorer.json(call.arguments, "anybody's") } }),
    ...(outcome === undefined ? {} : { outcome: { ...outcome, text: restorer.text(outcome.text) } }),
    ...(answer === undefined ? {} : { answer: restorer.answer(answer) }),
  };
}
