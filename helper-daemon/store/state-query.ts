import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { ResultOf } from "../../src/protocol/requests.ts";
import { createSlots } from "../endpoints/slots.ts";
import type { QueryAnswer } from "./query-process.ts";
import { STATE_VIEWS_TEXT } from "./state-views.ts";

/** The program gives up after five seconds of its query; this one is for a program that does not even get there. */
const LIMIT_MS = 30_000;
const MOST_AT_ONCE = 2;
/** Where the program can stand: beside this bundle, above its chunks, or as source. */
const PLACES = ["query.mjs", "../query.mjs", "query-process.ts"];

/** Reads views of the trace with one SELECT, in a process of its own that can neither write nor outlive its limits. */
export interface StateQuery {
  /** @throws LoopdError `query-refused`, saying what is allowed and which views there are; `cancelled`. */
  run(sql: string, signal: AbortSignal): Promise<ResultOf<"state.query">>;
}

/** Queries over the database at a path: at most two at once, each for at most five seconds. */
export function createStateQuery({ database }: { database: string }): StateQuery {
  const slots = createSlots();
  return {
    run: async (sql, signal) => {
      const release = await slots.acquire(database, MOST_AT_ONCE, "person", signal);
      if (release === undefined) throw new LoopdError("cancelled", "The query was stopped before it began.");
      try {
        const answer = await ask({ database, sql }, signal);
        if ("rows" in answer) return answer.rows;
        throw new LoopdError("query-refused", `${answer.refused} You may read these views:\n${STATE_VIEWS_TEXT}`);
      } finally {
        release();
      }
    },
  };
}

function ask(question: { database: string; sql: string }, signal: AbortSignal): Promise<QueryAnswer> {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const script = places.find((place) => existsSync(place)) ?? "";
  const killSignal = "SIGKILL" as const;
  const options = { timeout: LIMIT_MS, killSignal, signal, env: {}, maxBuffer: 4 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, ["--no-warnings", script], options, (failure, output, errors) => {
      if (output.endsWith("\n")) return resolve(JSON.parse(output) as QueryAnswer);
      if (signal.aborted) return reject(new LoopdError("cancelled", "The query was stopped.", { cause: failure }));
      const why = failure?.killed === true ? `no answer within ${LIMIT_MS / 1000} s` : errors.trim();
      reject(new LoopdError("internal", `The query's process failed: ${why}`, { cause: failure }));
    });
    // A process that is gone already says so by its end; its closed input needs no second report.
    child.stdin?.on("error", () => {});
    child.stdin?.write(`${JSON.stringify(question)}\n`);
  });
}
