import type { Hook } from "../../protocol/hooks.ts";
import type { Json } from "../../protocol/values.ts";
import { circumstancesOf } from "../policy/circumstances.ts";
import type { Settings } from "../ports.ts";
import { mayRun } from "../settle-calls.ts";
import { type CallView, callsOf, type TurnState, type TurnView } from "../transcript.ts";
import { hooksOfTurn } from "./due-hooks.ts";
import { FINAL_ANSWER } from "./final-answer.ts";

/** What a step offers as the turn's answer. */
export interface Candidate {
  /** JSON where the turn asked for that and the model gave it. */
  text: string;
  /** The call that carries it; absent where the model just said it. */
  call?: CallView;
}

/** The answer of a step that has nothing left to do; undefined while it has. */
export function candidateOf(turn: TurnState, settings: Settings): Candidate | undefined {
  if (turn.step === undefined) return undefined;
  const open = callsOf(turn).filter((call) => call.outcome === undefined);
  const [call] = open;
  if (open.length === 1 && call?.name === FINAL_ANSWER && mayRun(call, settings)) {
    return { text: JSON.stringify(jsonOf(call.arguments, turn.overrides.schema)), call };
  }
  if (callsOf(turn).length > 0) return undefined;
  const { text } = turn.step;
  return { text: turn.overrides.schema === undefined ? text : (compact(withoutFence(text)) ?? text) };
}

/** Everything that judges a turn's answer, in order: its schema, the hooks of the config, its own validators. */
export function validatorsOf(view: TurnView, turn: TurnState, { hooks }: Settings): Hook[] {
  const { schema, validators = [] } = turn.overrides;
  const named: Hook[] = validators.map((hook) => ({ ...hook, name: `${hook.name} (turn)` }));
  const configured = hooksOfTurn([...hooks, ...named], "answer", circumstancesOf(view, turn, 0));
  if (schema === undefined) return configured;
  return [{ name: "(schema)", at: ["answer"], builtin: "schema", schema, mode: "restrictive" }, ...configured];
}

/** Some models write the value as a string of JSON. */
function jsonOf(values: Json, schema: Readonly<Record<string, Json>> | undefined): Json {
  const json =
    typeof values === "object" && values !== null && !Array.isArray(values) ? (values["json"] ?? null) : values;
  if (typeof json !== "string" || schema?.["type"] === "string") return json;
  return parsed(json) ?? json;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The same JSON in one line; undefined where it is none, or nested beyond what can be written. */
function compact(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([^]*?)\n?```\s*$/i.exec(text)?.[1] ?? text;
}
