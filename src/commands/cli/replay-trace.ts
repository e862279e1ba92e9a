import { randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type Command, Option } from "commander";
import type { Replay, ReplaySettings } from "../../agent/replay.ts";
import { parseConfig } from "../../protocol/config.ts";
import type { Connection } from "../../protocol/connect.ts";
import type { Entry, ReplayTools } from "../../protocol/entries.ts";
import type { ParamsOf } from "../../protocol/requests.ts";
import { differenceLines, replaySummary } from "../present/replay.ts";
import { attendTurn } from "./attend-turn.ts";
import { ExitWith, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples, wholeNumber } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { programName } from "./program-name.ts";
import { resolveSession } from "./resolve-session.ts";
import { entryPages } from "./read-trace.ts";
import { readTraceFile, type TraceFile } from "./trace-file.ts";

interface ReplayOptions {
  json?: boolean;
  rules?: string;
  config?: string;
  from?: number;
  endpoint?: string;
  model?: string;
  tools?: ReplayTools;
  yes?: boolean;
  wait: boolean;
}

/** `loopd trace replay`: what today's loop and policy would have decided, or a turn asked again. */
export function addReplay(trace: Command): void {
  trace
    .command("replay")
    .argument("<session|file>", "the session, the beginning of its id, or a file of loopd trace export")
    .description("Have a trace decided again, by today's loop and rules or by others. Runs and sends nothing.")
    .addOption(new Option("--rules <file>", "the person's rules, as JSON: a list, or an object with rules"))
    .addOption(new Option("--config <file>", "rules, hooks and limits of this config.json").conflicts("rules"))
    .addOption(
      new Option("--from <entry>", "ask the turn of this entry again, in a fork; needs --endpoint")
        .argParser(wholeNumber(1, Number.MAX_SAFE_INTEGER))
        .conflicts(["rules", "config"]),
    )
    .option("--endpoint <name>", "whom to ask, with --from")
    .option("--model <name>", "which model there, with --from")
    .addOption(
      new Option("--tools <which>", "with --from: recorded results (the default), live tools, or none").choices([
        "recorded",
        "live",
        "deny",
      ]),
    )
    .option("-y, --yes", "with --from: approve what the rules would ask about")
    .addOption(new Option("--no-wait", "with --from: leave with exit code 3 when a person has to answer"))
    .option("--json", "print JSON; with --from entries and deltas, one JSON value per line")
    .addHelpText(
      "after",
      examples(
        "loopd trace replay s3k9",
        "loopd trace replay s3k9.jsonl --rules stricter.json",
        "loopd trace replay s3k9 --from 412 --endpoint other   # recorded results stand for the tools",
        "loopd trace replay s3k9 --from 412 --endpoint other --tools live",
      ) + "\n\nExit code 1 if anything would be decided otherwise.",
    )
    .action(replayTrace);
}

async function replayTrace(target: string, options: ReplayOptions): Promise<void> {
  const { from, endpoint } = options;
  if (from !== undefined) return askAgain(target, { ...options, from });
  if (endpoint !== undefined || options.model !== undefined || options.tools !== undefined || options.yes === true)
    throw usage("--endpoint, --model, --tools and --yes are for a turn that is asked again: add --from ENTRY.");
  const other = otherSettings(options);
  const isFile = statSync(target, { throwIfNoEntry: false })?.isFile() === true;
  const { trace, settings } = await withHelper(async (connection) => {
    const trace = isFile ? await readTraceFile(target) : await sessionTrace(connection, target);
    return { trace, settings: await settingsFrom(connection, other, isFile) };
  });
  const { replay, replayRevealed } = await import("../../agent/replay.ts");
  const result =
    trace.revealed === undefined
      ? replay(trace.entries, settings)
      : replayRevealed(trace.entries, trace.revealed, settings);
  report(trace, result, options.json === true);
  if (result.points.some((point) => point.result === "differs")) throw new ExitWith(1);
}

function report({ skipped }: TraceFile, result: Replay, isJson: boolean): void {
  const differences = result.points.filter((point) => point.result === "differs");
  const { points, assumed } = result;
  if (isJson) return printJson({ decisions: points.length, differences, assumed, skipped });
  for (const point of differences) print(differenceLines(point).join("\n"));
  for (const { line, why } of skipped.slice(0, 5)) say(`Line ${line} was left out: ${why}`);
  if (skipped.length > 5) say(`${skipped.length - 5} more lines were left out.`);
  print(replaySummary(result));
}

/** The trace of a session as the loop reads it, and with real values. */
async function sessionTrace(connection: Connection, prefix: string): Promise<TraceFile> {
  const session = await resolveSession(connection, prefix);
  const read = async (form: "stored" | "revealed"): Promise<Entry[]> => {
    const entries: Entry[] = [];
    const pages = entryPages((place) => connection.request("session.export", { session, form, ...place }));
    for await (const page of pages) entries.push(...page);
    return entries;
  };
  return { entries: await read("stored"), revealed: await read("revealed"), skipped: [] };
}

async function settingsFrom(
  connection: Connection,
  other: ParamsOf<"helper.settings">,
  isFile: boolean,
): Promise<ReplaySettings> {
  const { tools, granted, ...rest } = await connection.request("helper.settings", other);
  const faces = new Map(tools.map((tool) => [tool.name, { ...tool, timeLimit: 0 }]));
  // A file may come from another home, whose grants are not ours.
  return { ...rest, granted: isFile ? [] : granted, tools: { find: (name) => faces.get(name) } };
}

function otherSettings({ rules, config }: ReplayOptions): ParamsOf<"helper.settings"> {
  if (config !== undefined) return { config: parseConfig(textOf(config), config) };
  if (rules === undefined) return {};
  let given: unknown;
  try {
    given = JSON.parse(textOf(rules));
  } catch (cause) {
    throw usage(`${rules} is not JSON: ${(cause as Error).message}`);
  }
  const list = Array.isArray(given) ? given : (given as { rules?: unknown } | null)?.rules;
  if (list === undefined) throw usage(`${rules} holds no rules: it must be a list, or an object with rules.`);
  return { rules: parseConfig(JSON.stringify({ rules: list }), rules).rules };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    throw usage(`${path} cannot be read: ${(cause as Error).message}`);
  }
}

/** Asks a turn again in a fork, and stays with it as `loopd ask` does. */
async function askAgain(target: string, options: ReplayOptions & { from: number }): Promise<void> {
  const { from, endpoint, model, tools = "recorded", yes } = options;
  if (endpoint === undefined) throw usage("Whom should it ask? Name an endpoint: --endpoint NAME.");
  const begun = await withHelper(async (connection) => {
    const session = await resolveSession(connection, target);
    const params = { session, from, endpoint, model, tools, yes, requestId: randomUUID() };
    return { ...(await connection.request("session.replay", params)), source: session };
  });
  const { session, turn, at, of, source } = begun;
  say(`Turn ${of} of ${source} is asked again in ${session}, which shares entries up to ${at}; tools: ${tools}.`);
  const attendance = {
    output: options.json === true ? "json" : "answer",
    onCard: options.wait ? "wait" : "leave",
  } as const;
  const exitCode = await attendTurn({ type: "attach", session, turn }, attendance);
  say(`See what it did with: ${programName(process.env)} trace show ${session}`);
  throw new ExitWith(exitCode);
}
