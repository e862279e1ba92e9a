import { invalidParams } from "../src/protocol/connect.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import {
  type Caller,
  type MethodName,
  methods,
  type ParamsOf,
  type ParsedParamsOf,
  type ResultOf,
  type ToolMethod,
} from "../src/protocol/requests.ts";
import type { CallId, SessionId, TurnId } from "../src/protocol/values.ts";
import { VERSION } from "../src/protocol/version.ts";

/** A running call that asks for a method. */
export interface ToolOrigin {
  caller: "tool";
  session: SessionId;
  turn: TurnId;
  callId: CallId;
}
/** Who asks for a method. */
export type Origin = { caller: "face" } | ToolOrigin;

/** One handler for each method of the protocol's table, but for those that the connection itself answers. */
export type Handlers = {
  [M in Exclude<MethodName, "hello" | "entries.follow" | "entries.unfollow">]: (
    params: ParsedParamsOf<M>,
    signal: AbortSignal,
    origin: Origin,
  ) => ResultOf<M> | Promise<ResultOf<M>>;
};

/** A request that names a method of the table and fits its schema. */
export interface ParsedRequest {
  name: MethodName;
  params: unknown;
}

/** @throws LoopdError `unknown-method`, `invalid-params`, naming what was expected where. */
export function parseRequest(method: string, params: unknown): ParsedRequest {
  if (!Object.hasOwn(methods, method)) {
    throw new LoopdError("unknown-method", `This helper (version ${VERSION}) knows no method ${method.slice(0, 100)}.`);
  }
  const name = method as MethodName;
  const parsed = methods[name].params.safeParse(params ?? {});
  if (!parsed.success) throw invalidParams(name, parsed.error.issues);
  return { name, params: parsed.data };
}

/** Refuses a caller that the method is not for. @throws LoopdError `not-allowed`. */
export function checkCaller(name: MethodName, caller: Caller): void {
  const callers: readonly Caller[] = methods[name].callers;
  if (!callers.includes(caller)) throw new LoopdError("not-allowed", `${name} is not for ${caller}s.`);
}

/** Performs a parsed request that its caller may make. */
export function perform(
  handlers: Handlers,
  { name, params }: ParsedRequest,
  signal: AbortSignal,
  origin: Origin,
): unknown {
  checkCaller(name, origin.caller);
  const handler = (handlers as Record<string, (params: unknown, signal: AbortSignal, origin: Origin) => unknown>)[name];
  if (handler === undefined) throw new LoopdError("not-allowed", `${name} is not for ${origin.caller}s.`);
  return handler(params, signal, origin);
}

/** A method as a running tool calls it: the same table, the same schemas, the caller it really is. */
export async function requestAsTool<M extends ToolMethod>(
  handlers: Handlers,
  origin: ToolOrigin,
  method: M,
  params: ParamsOf<M>,
  signal: AbortSignal,
): Promise<ResultOf<M>> {
  const result = await perform(handlers, parseRequest(method, params), signal, origin);
  return methods[method].result.parse(result) as ResultOf<M>;
}
