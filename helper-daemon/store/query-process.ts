import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { QueryRefused, type Rows, runQuery } from "./run-query.ts";

/*
 * A program of its own: reads one line `{database, sql}` from standard input, writes one answer to standard output. The
 * query runs in a worker, because nothing can interrupt SQLite; this thread watches how much memory it takes, and whether
 * whoever asked still lives, and then kills the whole process.
 */

/** What the program answers. */
export type QueryAnswer = { rows: Rows } | { refused: string };

interface Question {
  database: string;
  sql: string;
}

const MAX_RSS = 320 * 1024 * 1024;
const LOOK_EVERY_MS = 10;
/** Time of the query itself; how long a loaded machine takes to start this program does not count. */
const LIMIT_MS = 5_000;
const TOO_LONG: QueryAnswer = {
  refused: `It took longer than ${LIMIT_MS / 1000} s, so it was stopped. Narrow it, or add a LIMIT.`,
};
const TOO_MUCH: QueryAnswer = { refused: "It needs too much memory, so it was stopped. Ask for less." };

if (isMainThread) watch();
else parentPort?.postMessage(answerTo(workerData as Question));

function watch(): void {
  const lines = createInterface({ input: process.stdin });
  lines.once("line", (line) => ask(JSON.parse(line) as Question));
  lines.once("close", () => process.kill(process.pid, "SIGKILL"));
}

function ask(workerData: Question): void {
  const resourceLimits = { maxOldGenerationSizeMb: 128 };
  const worker = new Worker(new URL(import.meta.url), { workerData, resourceLimits });
  const giveUp = (answer: QueryAnswer) => {
    writeSync(1, `${JSON.stringify(answer)}\n`);
    process.kill(process.pid, "SIGKILL");
  };
  const watching = setInterval(() => {
    if (process.memoryUsage.rss() > MAX_RSS) giveUp(TOO_MUCH);
  }, LOOK_EVERY_MS);
  worker.once("online", () => {
    const ending = setTimeout(giveUp, LIMIT_MS, TOO_LONG);
    worker.once("message", (answer: QueryAnswer) => {
      clearInterval(watching);
      clearTimeout(ending);
      process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit());
    });
  });
  worker.once("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ERR_WORKER_OUT_OF_MEMORY") giveUp(TOO_MUCH);
    throw thrown;
  });
}

function answerTo({ database, sql }: Question): QueryAnswer {
  try {
    return { rows: runQuery(database, sql) };
  } catch (thrown) {
    if (thrown instanceof QueryRefused) return { refused: thrown.message };
    return { refused: `SQLite says: ${thrown instanceof Error ? thrown.message : String(thrown)}.` };
  }
}
