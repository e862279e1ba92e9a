import { type Command, Option } from "commander";
import { periodMs, periodSchema } from "../../protocol/period.ts";
import type { ParamsOf } from "../../protocol/requests.ts";
import { environmentKey, keyValue, schemaFile, validatorFiles } from "./answer-options.ts";
import { usage } from "./failure.ts";
import { commaList, decimal, several, wholeNumber } from "./options.ts";

/** What the flags of `ask` and `sessions set` have in common. */
export interface OverrideFlags {
  endpoint?: string;
  model?: string;
  tools?: string[];
  denyTools?: string[];
  note?: string;
  env?: Record<string, string>;
  schema?: string;
  validate?: string[];
  temperature?: number;
  topP?: number;
  thinking?: number;
  maxOutputTokens?: number;
  maxSteps?: number;
  maxTokens?: number;
  maxCost?: number;
  maxTime?: number;
  approvals?: "wait" | "deny";
  unset?: string[];
}

type Changes = ParamsOf<"session.set">["overrides"];
type Setting = keyof Changes;

/** Names for `--unset`: the flags without their dashes. */
const UNSETTABLE: Readonly<Record<string, Setting>> = {
  endpoint: "endpoint",
  model: "model",
  tools: "tools",
  "deny-tools": "denyTools",
  note: "note",
  env: "env",
  schema: "schema",
  validate: "validators",
  temperature: "temperature",
  "top-p": "topP",
  thinking: "thinkingTokens",
  "max-output-tokens": "maxOutputTokens",
  "max-steps": "maxSteps",
  "max-tokens": "maxTokens",
  "max-cost": "maxCostUsd",
  "max-time": "maxTurnMs",
  approvals: "approvals",
};

/** Adds the flags to a command. `scope` ends their descriptions: "for this turn". */
export function addOverrideOptions(command: Command, scope: string): Command {
  return command
    .option("-e, --endpoint <name>", "the endpoint to ask; see loopd endpoints list")
    .option("-m, --model <model>", "the model to ask for")
    .option("--tools <a,b>", `only these tools, ${scope}`, commaList)
    .option("--deny-tools <a,b>", `not these tools, ${scope}`, commaList)
    .option("--note <text>", `something the model should know, ${scope}`)
    .option("--env <key=value>", "a value of the turn's environment, as config.json declares it; repeatable", keyValue)
    .option("--schema <file>", "the answer is JSON that fits the JSON Schema in this file, and nothing else")
    .option("--validate <file>", "check the answer: a program, or a .json; FILE:permissive only warns", several)
    .option("--temperature <t>", "sampling, where the model allows it", decimal(0, 2))
    .option("--top-p <p>", "sampling, where the model allows it", decimal(0.001, 1))
    .option("--thinking <n>", "tokens that the model may think before it answers", wholeNumber(1_024, 1_000_000))
    .option("--max-output-tokens <n>", "tokens of one response at most", wholeNumber(16, 1_000_000))
    .option("--max-steps <n>", `model requests at most, ${scope}`, wholeNumber(1, 10_000))
    .option("--max-tokens <n>", `tokens at most, in and out, ${scope}`, wholeNumber(1, 1_000_000_000))
    .option(
      "--max-cost <usd>",
      `US dollars at most, by the prices in config.json, ${scope}`,
      decimal(0.000001, 1_000_000),
    )
    .option("--max-time <time>", `wall time at most, such as 90s or 30m, ${scope}`, period)
    .addOption(
      new Option("--approvals <how>", `wait for a person, or deny what would ask one, ${scope}`).choices([
        "wait",
        "deny",
      ]),
    );
}

/** What the flags ask for, with `null` for what `--unset` names. @throws LoopdError `usage`. */
export function overridesFrom(flags: OverrideFlags): Changes {
  const { endpoint, model, tools, denyTools, note, env, temperature, topP, maxOutputTokens, maxSteps, maxTokens } =
    flags;
  const given: Changes = {
    ...{ endpoint, model, tools, denyTools, note, env, temperature, topP, maxOutputTokens, maxSteps, maxTokens },
    thinkingTokens: flags.thinking,
    approvals: flags.approvals,
    maxCostUsd: flags.maxCost,
    maxTurnMs: flags.maxTime,
    schema: flags.schema === undefined ? undefined : schemaFile(flags.schema),
    validators: flags.validate === undefined ? undefined : validatorFiles(flags.validate),
  };
  return (flags.unset ?? []).reduce(without, given);
}

function without(given: Changes, name: string): Changes {
  const [, named] = /^env\.(.+)$/.exec(name) ?? [];
  if (named !== undefined) {
    const key = environmentKey(named);
    if (given.env?.[key] !== undefined) throw twice(name);
    return { ...given, env: { ...given.env, [key]: null } };
  }
  const setting = Object.hasOwn(UNSETTABLE, name) ? UNSETTABLE[name] : undefined;
  if (setting === undefined) {
    throw usage(`--unset knows no ${name}. It takes: ${Object.keys(UNSETTABLE).join(", ")}, env.KEY.`);
  }
  if (given[setting] !== undefined && given[setting] !== null) throw twice(name);
  return { ...given, [setting]: null };
}

function twice(name: string) {
  return usage(`${name} is given and unset at once. Leave out one of the two.`);
}

function period(text: string): number {
  const parsed = periodSchema.safeParse(text);
  if (parsed.success) return periodMs(parsed.data);
  throw usage(`--max-time takes a time such as 90s, 30m, 24h or 7d, not "${text}".`);
}
