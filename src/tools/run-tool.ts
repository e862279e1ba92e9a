import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { CallContext, Outcome, ParsedCall, RunnableCall } from "../agent/ports.ts";
import type { Facts } from "../protocol/values.ts";
import { cutOutput } from "./cut-output.ts";
import type { Place, Tool, ToolContext, ToolResult } from "./define-tool.ts";
import { mayChangeThings } from "./tool-schema.ts";

/** Facts with their hash: SHA-256 of the canonical JSON of all that tell what the call would do. */
function hashed({ sources, named, refusal, ...facts }: Omit<Facts, "hash">, identify: Tool["identify"]): Facts {
  const hash = createHash("sha256")
    .update(canonicalize(identify?.(facts) ?? facts) ?? "")
    .digest("hex");
  const beside = {
    ...(sources?.length ? { sources } : {}),
    ...(named?.length ? { named } : {}),
    ...(refusal === undefined ? {} : { refusal }),
  };
  return { ...facts, ...beside, hash };
}

/** Facts about a call. A tool that cannot look, or arguments that it does not take, give facts with nothing known. */
export async function inspectCall(tool: Tool | undefined, call: ParsedCall, place: Place): Promise<Facts> {
  const parsed = tool?.input.safeParse(call.arguments);
  if (!tool?.inspect || !parsed?.success) return hashed({}, undefined);
  try {
    return hashed(await tool.inspect(parsed.data, place, { takesImages: call.takesImages }), tool.identify);
  } catch {
    return hashed({}, undefined);
  }
}

/**
 * Runs a decided call, unless the world no longer agrees with what was decided. Resolves once the tool has cleaned up,
 * also after the signal has fired; how long to wait for that is the loop's business.
 */
export async function runCall(tool: Tool, call: RunnableCall, place: Place, context: CallContext): Promise<Outcome> {
  const refused = (text: string): Outcome => ({ kind: "error", text: `ERROR: ${text}`, isSideEffectPossible: false });
  const parsed = tool.input.safeParse(call.arguments);
  if (!parsed.success) {
    return { ...refused(`${tool.name} does not take these arguments any more; call it again.`), kind: "invalid" };
  }
  const facts = await inspectCall(tool, call, place);
  if (facts.hash !== call.facts.hash) {
    return refused("What this call would touch has changed since it was decided; call it again.");
  }
  if (facts.isProtected) return refused("This place is protected: no tool may touch it.");
  if (context.signal.aborted) return refused("Stopped before it began.");

  const outputBytes = Math.min(call.outputBytes ?? place.outputBytes, place.outputBytes);
  const result = await started(tool, parsed.data, { ...toolContext(call, facts, place, context), outputBytes });
  const isSideEffectPossible = mayChangeThings(tool);
  const text = result.isError ? `ERROR: ${result.text}` : result.text;
  const kind = result.isError ? "error" : "ok";
  const { content, saw, sight, spent } = result;
  // What is there now may carry more than what was there when the call was decided.
  const sources = [...new Set([...(facts.sources ?? []), ...(result.taints ?? [])])];
  const taints = sources.length === 0 ? undefined : sources;
  const limited = await withinLimit(text, result.blob, place, outputBytes);
  // Of a look that was cut nobody knows what the model has of it.
  const isWhole = sight === undefined || limited.text === text;
  return {
    kind,
    isSideEffectPossible,
    content,
    saw,
    sight: isWhole ? sight : { ...sight, isAltered: true },
    taints,
    spent,
    ...limited,
  };
}

async function started(tool: Tool, input: unknown, context: ToolContext): Promise<ToolResult> {
  try {
    return await tool.run(input, context);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { text: `${tool.name} failed: ${message}`, isError: true };
  }
}

/** Fields by name: place and context may be objects whose methods a spread would lose. */
function toolContext(call: RunnableCall, facts: Facts, place: Place, context: CallContext): ToolContext {
  return {
    facts,
    isClosed: call.isClosed ?? (() => false),
    closes: call.closes ?? {},
    env: call.overrides.env ?? {},
    listed: call.listed ?? [],
    sight: call.sight ?? { lastRef: 0 },
    takesImages: call.takesImages ?? false,
    callId: context.callId,
    signal: context.signal,
    progress: (text) => context.progress(text),
    restartLimit: () => context.restartLimit(),
    standStill: (until) => context.standStill(until),
    ask: (question) => context.ask(question),
    request: (method, params) => context.request(method, params),
    spawned: (pid, startTime) => context.spawned(pid, startTime),
    workspace: place.workspace,
    home: place.home,
    protectedPaths: place.protectedPaths,
    outputBytes: place.outputBytes,
    platform: place.platform,
    environment: place.environment,
    sandbox: place.sandbox,
    screen: place.screen,
    allowedPrivateHosts: place.allowedPrivateHosts,
    saveBlob: (bytes) => place.saveBlob(bytes),
    saveBlobFile: (path) => place.saveBlobFile(path),
    sourcesOf: (paths, what) => place.sourcesOf(paths, what),
    sourcesOfBlob: (name) => place.sourcesOfBlob(name),
    describeSchedule: (when, zone) => place.describeSchedule(when, zone),
    readBlob: (name, offset, length) => place.readBlob(name, offset, length),
  };
}

/** Text of at most the bytes that may reach the model; the whole of a longer one goes to a blob. */
async function withinLimit(
  text: string,
  blob: string | undefined,
  place: Place,
  limit: number,
): Promise<{ text: string; blob?: string }> {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return blob === undefined ? { text } : { text, blob };
  const whole = await place.saveBlob(bytes).catch(() => undefined);
  const output = { head: bytes, tail: bytes, total: bytes.length };
  return { text: cutOutput(output, limit, whole), ...(whole === undefined ? {} : { blob: whole }) };
}
