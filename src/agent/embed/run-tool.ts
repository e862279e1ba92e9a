import * as z from "zod";
import { type Facts, factsSchema } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import { cutText } from "../cut-text.ts";
import type { CallContext, Outcome, ParsedCall, RunnableCall } from "../ports.ts";
import { type AgentTool, type AgentToolContext, type AgentToolResult, checkInput } from "./agent-tool.ts";
import { mayChangeThings } from "./agent-tools.ts";

/** What is taken for true of a tool that does not look: that it does what its effect says. */
const VOUCHED_FOR: Omit<Facts, "hash"> = { isTrusted: true };

const foundSchema = factsSchema.omit({ hash: true });

const resultSchema: z.ZodType<AgentToolResult> = z.object({
  text: z.string(),
  isError: z.boolean().optional(),
  taints: z.array(z.string()).optional(),
  spent: z.object({ tokens: z.number().nonnegative(), costUsd: z.number().nonnegative() }).optional(),
});

/** Facts about a call. A tool that fails to look, or arguments that it does not take, give facts with nothing known. */
export async function inspectCall(
  tool: AgentTool | undefined,
  call: ParsedCall,
  digest: (text: string) => string,
): Promise<Facts> {
  const hashed = (facts: Omit<Facts, "hash">): Facts => ({ ...facts, hash: digest(canonicalize(facts)) });
  const checked = tool && checkInput(tool, structuredClone(call.arguments));
  if (tool === undefined || checked === undefined || "problem" in checked) return hashed({});
  if (tool.inspect === undefined) return hashed(VOUCHED_FOR);
  try {
    return hashed(foundSchema.parse(await tool.inspect(checked.value)));
  } catch {
    return hashed({});
  }
}

/** Runs a decided call, unless the world no longer agrees with what was decided. What the tool throws is an outcome. */
export async function runCall(
  tool: AgentTool | undefined,
  call: RunnableCall,
  context: CallContext,
  { digest, outputBytes }: { digest: (text: string) => string; outputBytes: number },
): Promise<Outcome> {
  const refused = (text: string): Outcome => ({ kind: "error", text: `ERROR: ${text}`, isSideEffectPossible: false });
  const checked = tool && checkInput(tool, structuredClone(call.arguments));
  if (tool === undefined || checked === undefined) return refused(`There is no tool ${call.name} any more.`);
  if ("problem" in checked) return { ...refused(`${checked.problem} Nothing was run.`), kind: "invalid" };
  const facts = await inspectCall(tool, call, digest);
  if (facts.hash !== call.facts.hash) {
    return refused("What this call would touch has changed since it was decided; call it again.");
  }
  if (context.signal.aborted) return refused("Stopped before it began.");
  const { text, isError, taints, spent } = await started(tool, checked.value, contextOf(call, context));
  const words = cutText(isError === true ? `ERROR: ${text}` : text, outputBytes);
  const kind = isError === true ? "error" : "ok";
  return { kind, text: words, taints, spent, isSideEffectPossible: mayChangeThings(tool) };
}

function contextOf(call: RunnableCall, context: CallContext): AgentToolContext {
  const { callId, signal, progress, restartLimit, ask } = context;
  return { callId, signal, progress, restartLimit, ask, environment: call.overrides.env ?? {} };
}

async function started(tool: AgentTool, input: unknown, context: AgentToolContext): Promise<AgentToolResult> {
  try {
    const said: unknown = await tool.run(input, context);
    if (typeof said === "string") return { text: said };
    const result = resultSchema.safeParse(said);
    if (result.success) return result.data;
    return { text: `${tool.name} answered neither text nor { text }; what it did is done.`, isError: true };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { text: `${tool.name} failed: ${message}`, isError: true };
  }
}
