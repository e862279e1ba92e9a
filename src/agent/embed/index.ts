/* The loop as a library: what `loopd/agent` exports. docs/embedding.md shows it at work. */
export { openSession, type AgentSession, type SessionOptions } from "./agent-session.ts";
export { AgentTrace } from "./agent-trace.ts";
export {
  defineTool,
  type AgentTool,
  type AgentToolContext,
  type AgentToolResult,
  type InputSchema,
} from "./agent-tool.ts";
export type { AgentModel, AgentModelReply } from "./agent-model.ts";
export type { AgentEvent, AgentTurn, TurnResult } from "./agent-turn.ts";
export type {
  AnswerValidator,
  PendingCard,
  PendingToolCall,
  ToolCallOutcome,
  ToolExecutionContext,
  ToolExecutionDecision,
  ToolExecutionPolicy,
  ToolHook,
} from "./pending-call.ts";
export type { Runtime } from "./runtime.ts";
export type { DeclaredEnvironment, TurnOverrides } from "./turn-overrides.ts";
export { LoopdError } from "../../protocol/errors.ts";
