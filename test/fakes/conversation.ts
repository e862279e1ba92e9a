import { expect } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import type { Witness } from "./helper.ts";

/** Asks a session something and waits for the end. */
export async function ask(face: Witness, session: string | undefined, input: string, workspace?: string) {
  const place = session === undefined ? { workspace } : { session };
  const submitted = await face.submit({ input, ...place });
  const end = await face.untilKind("turn.finished", (entry) => entry.turn === submitted.turn);
  return { ...submitted, end };
}

/** Every entry of a session, as a face reads it. */
export async function history(face: Witness, session: string): Promise<Entry[]> {
  const { entries, isEnd } = await face.connection.request("entries.read", { session, limit: 1000 });
  expect(isEnd).toBe(true);
  return entries;
}

/** Forks a session; the id of the fork. */
export async function fork(face: Witness, session: string, at?: number): Promise<string> {
  return (await face.connection.request("session.fork", { session, at })).session.session;
}
