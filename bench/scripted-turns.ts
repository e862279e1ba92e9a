import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEndpoint } from "./endpoint.ts";
import type { LaneSetup } from "./lane-process.ts";

/** The scripted endpoint with the small files that every loop reads. */
export interface ScriptedTurns {
  /** What a loop of that lane must know. */
  setup(lane: string): LaneSetup;
  /**
   * Runs one turn of so many calls and resolves with its gaps in ms. Rejects if the loop did not bring the file's text
   * with each request, or ended with other words than the model's last.
   */
  run(lane: string, loop: { turn(): Promise<string> }, turn: { steps: number; name: string }): Promise<number[]>;
}

/** A turn takes well under a second; one that takes this many ms hangs. */
const GUARD_MS = 60_000;

/** Lends an endpoint and a file to some work, and clears both away after it. */
export async function withScriptedTurns<T>(work: (turns: ScriptedTurns) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "loopd-bench-"));
  const marker = randomUUID();
  const content = `These are notes on a small matter.\nTheir mark is ${marker}.\n${"A line of text.\n".repeat(20)}`;
  const endpoint = await startEndpoint();
  try {
    return await work({
      setup: (lane) => ({ url: `${endpoint.url}/${lane}`, folder }),
      run: async (lane, loop, { steps, name }) => {
        const farewell = `That was turn ${name}.`;
        const paths = Array.from({ length: steps }, (_, index) => join(folder, `notes-${index}.txt`));
        for (const path of paths) writeFileSync(path, content);
        const { gaps } = await endpoint.expect({ lane, paths, marker, farewell });
        const [text, measured] = await withinGuard(Promise.all([loop.turn(), gaps]), name);
        if (text !== farewell) throw new Error(`The loop ended with "${text}" instead of "${farewell}".`);
        return measured;
      },
    });
  } finally {
    await endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withinGuard<T>(work: Promise<T>, name: string): Promise<T> {
  const guard = Promise.withResolvers<never>();
  const timer = setTimeout(() => guard.reject(new Error(`Turn ${name} did not end within ${GUARD_MS} ms.`)), GUARD_MS);
  try {
    return await Promise.race([work, guard.promise]);
  } finally {
    clearTimeout(timer);
  }
}
