import { setTimeout as wait } from "node:timers/promises";
import type { Entry, EntryOf } from "../src/protocol/entries.ts";
import { markedProcesses } from "../src/tools/runner/process-table.ts";
import type { Figure } from "./figure.ts";
import { canMeasureCost, residentMegabytes } from "./process-cost.ts";
import { startScriptedHelper, type ScriptedCall, type ScriptedHelper } from "./scripted-helper.ts";
import { percentile } from "./statistics.ts";

/** How many calls hang. */
export interface HungPlan {
  /** Calls of the worst kind whose end is timed. */
  stubborn: number;
  /** Calls in a row between two looks at the helper's memory, after a tenth as many that count for nothing. */
  row: number;
  /** Quiet time in ms before each look. Some 20 s after its last work V8 collects what waits to be collected. */
  settleMs: number;
}

const STUBBORN_LIMIT_MS = 1_000;
const ROW_LIMIT_MS = 300;
const CALLS_PER_TURN = 20;

const WITHOUT_SANDBOX = { sandbox: { mode: "off" } };
const SANDBOX = { sandbox: { mode: "auto" } };
/** Ignores SIGTERM, and so does its grandchild, which leaves the group and holds the output open. */
const STUBBORN = `trap "" TERM; (trap "" TERM; exec setsid sleep 1000) & (trap "" TERM; while :; do sleep 1; done) & while :; do sleep 1; done`;
const HANGS = "sleep 1000 & sleep 1000";

/**
 * How long after its limit a call that will not end has its result, with and without the sandbox; and what calls that
 * hang leave behind. Throws unless each is told to the model as an error, its turn is done and none of its processes lives.
 */
export async function measureHungCalls({ stubborn, row, settleMs }: HungPlan): Promise<Figure[]> {
  if (!canMeasureCost) return [];
  const unsandboxed = await overshoots(WITHOUT_SANDBOX, stubborn);
  const sandboxed = await overshoots(SANDBOX, stubborn);
  const budget = { of: "value" as const, atMost: 1000 };
  const over = (name: string, sample: readonly number[]): Figure => {
    return {
      name: `time limit of a stubborn call, ${name}: most over`,
      unit: "ms",
      loopd: percentile(sample, 1),
      budget,
    };
  };
  return [over("no sandbox", unsandboxed), over("in the sandbox", sandboxed), await growth(row, settleMs)];
}

async function overshoots(config: object, count: number): Promise<number[]> {
  const scripted = await startScriptedHelper({ ...config, limits: { tools: { shell_run: STUBBORN_LIMIT_MS } } });
  try {
    const entries = await hang(scripted, { name: "shell_run", input: { command: STUBBORN } }, count);
    const started = new Map(ofKind(entries, "tool.started").map((entry) => [entry.data.callId, entry.mono]));
    return ofKind(entries, "tool.finished").map(
      ({ data, mono }) => mono - (started.get(data.callId) ?? Number.NaN) - STUBBORN_LIMIT_MS,
    );
  } finally {
    await scripted.stop();
  }
}

async function growth(row: number, settleMs: number): Promise<Figure> {
  const scripted = await startScriptedHelper({ limits: { tools: { shell_run: ROW_LIMIT_MS } } });
  const call = { name: "shell_run", input: { command: HANGS } };
  try {
    await hang(scripted, call, Math.max(CALLS_PER_TURN, row / 10));
    await wait(settleMs);
    const before = residentMegabytes(scripted.helper.pid);
    for (let done = 0; done < row; done += CALLS_PER_TURN)
      await hang(scripted, call, Math.min(CALLS_PER_TURN, row - done));
    await wait(settleMs);
    const loopd = residentMegabytes(scripted.helper.pid) - before;
    return { name: `RSS growth over ${row} hung calls`, unit: "MB", loopd, budget: { of: "value", atMost: 10 } };
  } finally {
    await scripted.stop();
  }
}

/** One turn of so many such calls, one after the other. */
async function hang(scripted: ScriptedHelper, call: ScriptedCall, count: number): Promise<Entry[]> {
  const entries = await scripted.run(Array.from({ length: count }, () => [call]));
  const ended = ofKind(entries, "tool.finished").map(({ data }) => data);
  const wrong = ended.find(({ outcome, text }) => outcome !== "timed-out" || !text.startsWith("ERROR: "));
  if (ended.length !== count) throw new Error(`Of ${count} hung calls ${ended.length} ended.`);
  if (wrong !== undefined) throw new Error(`A hung call ended ${wrong.outcome}: ${wrong.text}`);
  const orphans = await markedProcesses(ended.map(({ callId }) => callId));
  if (orphans.length > 0) throw new Error(`${orphans.length} processes of hung calls still live.`);
  return entries;
}

function ofKind<K extends Entry["kind"]>(entries: readonly Entry[], kind: K): (EntryOf<K> & Entry)[] {
  return entries.filter((entry): entry is EntryOf<K> & Entry => entry.kind === kind);
}
