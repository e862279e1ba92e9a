import type { Entry } from "../src/protocol/entries.ts";
import { cliOn } from "../test/commands/cli/run-cli.ts";
import { temporaryFolder } from "../test/fakes/helper.ts";
import type { RequestCount } from "./engine/engine-messages.ts";
import type { Dialect } from "./engine/scripted-reply.ts";
import { type Manner, startEngineServer } from "./engine/server.ts";
import type { Figure } from "./figure.ts";
import { READ_TOOL } from "./prefix-script.ts";
import { writeScreens } from "./screens.ts";

const WINDOW = 4_096;
const STEPS = 10;
const MOST_COMPACTIONS = 2;
const TASK =
  "Read the ten screens of my orders, one after the other, and tell me at the end which customers wait for an answer, with the one who waits longest first.";
const FAREWELL = "These were ten screens; customer 1 waits longest.";
const SUMMARY = {
  facts: ["The first screens show orders of different customers; each names whom to write to."],
  decisions: ["Screens are read in their order."],
  openQuestions: ["Who waits longest is only known after the last screen."],
  paths: ["screen-1.txt"],
};

/** What a turn of ten steps was, in a window that cannot hold it. */
export interface SmallWindowRun {
  entries: Entry[];
  counts: RequestCount[];
  /** Tokens of the engine's window. */
  contextSize: number;
  /** What the person asked, word for word. */
  task: string;
}

/** The endpoint as the person added it. */
interface SmallEndpoint {
  dialect: Dialect;
  /** Tokens that the person says it has; where absent, nothing is said. */
  claimed?: number;
  manner: Manner;
}

/** One `loopd ask` with ten tool steps, as a person's shell would call it, against llama.cpp with 4,096 tokens. */
export async function runInSmallWindow({ dialect, claimed, manner }: SmallEndpoint): Promise<SmallWindowRun> {
  const engine = await startEngineServer(WINDOW, manner);
  const cli = cliOn(temporaryFolder("bench-home"));
  try {
    const { names } = writeScreens(cli.workspace, STEPS);
    const answers = names.map((path, index) => ({
      text: `Screen ${index + 1} of ${STEPS}: I read it now, and note its customer and what is still open there.`,
      calls: [{ name: READ_TOOL, input: { path } }],
    }));
    const summary = { sign: '"openQuestions"', text: JSON.stringify(SUMMARY) };
    await engine.play({ answers: [...answers, { text: FAREWELL }], task: TASK, summary });
    const url = dialect === "anthropic" ? engine.url : `${engine.url}/v1`;
    const profile = ["--url", url, "--dialect", dialect, "--model", "tiny", "--trust", "local", "--use"];
    const window = claimed === undefined ? [] : ["--window", String(claimed)];
    const added = await cli.run(["endpoints", "add", "engine", ...profile, ...window]);
    if (added.exitCode !== 0) throw new Error(`The endpoint was not added: ${added.stderr}`);
    const { stdout, stderr } = await cli.run(["ask", TASK, "--json"]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    const entries = lines.map((line) => JSON.parse(line) as Entry | { delta: object });
    const stored = entries.flatMap((entry) => ("kind" in entry ? [entry] : []));
    const last = stored.at(-1);
    if (last?.kind !== "turn.finished") throw new Error(`The turn did not finish: ${stderr}`);
    return { entries: stored, counts: await engine.counts(), contextSize: engine.contextSize, task: TASK };
  } finally {
    await cli.remove();
    await engine.stop();
  }
}

/** What a request may need at most: its own tokens and those that it leaves for the answer. */
export function mostNeeded(counts: readonly RequestCount[]): number {
  return Math.max(...counts.map(({ tokens, reserved }) => tokens + reserved));
}

/** How often the conversation was made smaller. */
export function compactionsIn(entries: readonly Entry[]): number {
  return entries.filter((entry) => entry.kind === "epoch.opened" && entry.data.reason === "window").length;
}

/** The figures of such a turn. @throws where it did not end `done`, or the task is no longer in the last request. */
export async function measureSmallWindow(): Promise<Figure[]> {
  const { entries, counts } = await runInSmallWindow({ dialect: "anthropic", manner: "open" });
  const last = entries.at(-1);
  if (last?.kind !== "turn.finished" || last.data.finish !== "done") {
    const { finish = "", error } = last?.kind === "turn.finished" ? last.data : {};
    throw new Error(`The turn of ten steps ended ${finish}: ${error?.message ?? ""}`);
  }
  if (counts.findLast(({ purpose }) => purpose === "script")?.holdsTask !== true) {
    throw new Error("The last request does not hold the task word for word.");
  }
  const sum = (of: (count: RequestCount) => number): number => counts.reduce((total, count) => total + of(count), 0);
  const atMost = (limit: number): Figure["budget"] => ({ of: "value", atMost: limit });
  const largest = Math.max(...counts.map(({ tokens }) => tokens));
  return [
    { name: "ten steps in 4,096: largest request", unit: "tokens", loopd: largest, budget: atMost(WINDOW) },
    { name: "ten steps in 4,096: with its answer", unit: "tokens", loopd: mostNeeded(counts), budget: atMost(WINDOW) },
    {
      name: "ten steps in 4,096: compactions",
      unit: "times",
      loopd: compactionsIn(entries),
      budget: atMost(MOST_COMPACTIONS),
    },
    {
      name: "ten steps in 4,096: calls or results alone",
      unit: "times",
      loopd: sum(({ orphans }) => orphans),
      budget: atMost(0),
    },
    {
      name: `ten steps in 4,096: evaluated in ${counts.length} requests`,
      unit: "tokens",
      loopd: sum((count) => count.evaluated),
    },
  ];
}
