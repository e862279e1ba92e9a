import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Entry, EntryOf } from "../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder, type Witness } from "./helper.ts";
import { type Behaviour, type ModelScript, type RequestBody, script } from "./model-server.ts";

/** What the model says in one conversation, response by response; the last one repeats. */
type Play = ((body: RequestBody) => ModelScript)[];

/** Whether a request is of a conversation that another one has given a task to. */
export function isDelegated(body: RequestBody): boolean {
  return JSON.stringify(body.messages[0]).includes("Another conversation has given you this task");
}

/** A model that plays `main`, and in each delegate the play whose name is part of the task. */
export function plays(main: Play, delegates: Record<string, Play>): Behaviour {
  return (body) => {
    const task = JSON.stringify(body.messages[0]);
    const [, play = main] = isDelegated(body)
      ? (Object.entries(delegates).find(([name]) => task.includes(name)) ?? [])
      : ["", main];
    const step = body.messages.filter(({ role }) => role === "assistant").length;
    return (play[step] ?? play.at(-1) ?? script)(body);
  };
}

/** A response that delegates each of these tasks. */
export function delegating(...inputs: object[]): () => ModelScript {
  const calls = inputs.map((input) => ({ name: "call_tool", input: { name: "delegate", arguments: input } }));
  return () => script().calls(calls);
}

/** The turn that somebody has delegated, once it has begun. `part`: of its task. */
export function delegateStart(face: Witness, part = ""): Promise<EntryOf<"turn.started">> {
  return face.untilKind("turn.started", ({ data: { origin, input } }) => origin === "delegate" && input.includes(part));
}

/** How a turn ended. */
export async function finishOf(face: Witness, turn: string | undefined): Promise<EntryOf<"turn.finished">["data"]> {
  return (await face.untilKind("turn.finished", (entry) => entry.turn === turn)).data;
}

/** What came back from delegates so far. */
export function delegated(entries: readonly Entry[]): EntryOf<"tool.finished">["data"][] {
  return entries.flatMap((entry) =>
    entry.kind === "tool.finished" && entry.data.name === "delegate" ? [entry.data] : [],
  );
}

/** A home with this configuration, removed after the test. */
export function homeWith(config: object): string {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  return home;
}
