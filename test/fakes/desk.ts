import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CardRow } from "../../src/protocol/requests.ts";
import { type CliOnHome, cliOn } from "../commands/cli/run-cli.ts";
import { type Journey, journey } from "./journey.ts";
import { type Behaviour, type ModelScript, type RequestBody, script } from "./model-server.ts";

/** A journey whose cards are answered from terminals: the built command line on the same home. */
export interface Desk extends Journey {
  cli: CliOnHome;
  /** What waits, as a script of the person would read it. */
  pending(): Promise<CardRow[]>;
  /** Lines that calls have appended to `effects.txt`, sorted. */
  effects(): string[];
}

/** Opens one. */
export async function openDesk(behaviour: Behaviour, home?: string): Promise<Desk> {
  const world = await journey(behaviour, { home });
  const cli = cliOn(world.helper.home);
  onTestFinished(() => rmSync(cli.workspace, { recursive: true, force: true }));
  return {
    ...world,
    cli,
    pending: () => cli.json<CardRow[]>("approvals", "list"),
    effects: () => {
      const lines = readFileSync(join(world.workspace, "effects.txt"), "utf8").split("\n");
      return lines.filter((line) => line !== "").sort();
    },
  };
}

/** A call that leaves a line behind, each time it runs. */
export const leaves = (word: string) => ({
  name: "shell_run",
  input: { command: `echo ${word} >> effects.txt`, outside: true },
});

/**
 * A model for several sessions: what it calls follows from the newest words of the person, once; then it says that it is
 * done.
 */
export function oncePerTurn(calls: (words: string) => { name: string; input: object }[]): Behaviour {
  return ({ messages }: RequestBody): ModelScript => {
    const last = messages.at(-1)?.content ?? [];
    if (last.some(({ type }) => type === "tool_result")) return script().says("done");
    return script().calls(calls(last.map(({ text }) => (typeof text === "string" ? text : "")).join("")));
  };
}
