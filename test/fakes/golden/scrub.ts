import { homedir, hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import type { Entry } from "../../../src/protocol/entries.ts";

/** The person's home folder in golden traces. */
export const PERSON = "/home/person";
const BEGAN = Date.parse("2026-01-01T00:00:00.000Z");
const ROOT = resolve(import.meta.dirname, "../../..");

/** What a trace may name of this machine and this moment. */
export interface Origin {
  home: string;
  workspace: string;
  /** Everything that the home holds. */
  all: readonly Entry[];
  isTimed: boolean;
}

/**
 * A trace without anything of the machine and the moment that it was made on: ids, paths, times, hashes, processes and ports
 * become others, the same ones in the same order every time; equal ones stay equal, whole seconds between times stay.
 */
export function scrubbed(entries: readonly Entry[], { home, workspace, all, isTimed }: Origin): Entry[] {
  const seqs = entries.map(({ seq }) => seq);
  const place = (seq: number) => seqs.filter((one) => one <= seq).length;
  const numbered = entries.map((entry, index): Entry => {
    const one = structuredClone({ ...entry, seq: index + 1, boot: "boot", mono: index });
    if (one.kind === "session.forked") one.data.at = place(one.data.at);
    if (one.kind === "turn.started" && one.data.replay !== undefined) one.data.replay.at = place(one.data.replay.at);
    if (one.kind === "tool.spawned") Object.assign(one.data, { pid: 1_000 + index, startTime: "1", boot: "boot" });
    if ("durationMs" in one.data) one.data.durationMs = Math.min(1, Math.ceil(one.data.durationMs));
    // A result that was recorded takes no time, more or less.
    if (one.kind === "tool.finished" && one.data.recorded !== undefined) one.data.durationMs = 1;
    if (one.kind === "tool.started") one.data.timeLimitMs = Math.ceil(one.data.timeLimitMs / 1_000) * 1_000;
    return one;
  });
  const began = Date.parse(entries[0]?.at ?? "");
  const moved = (time: number) => BEGAN + (isTimed ? Math.floor((time - began) / 1_000) * 1_000 : 0);
  let text = JSON.stringify(numbered);
  for (const [from, to] of [
    [home, `${PERSON}/loopd`],
    [workspace, `${PERSON}/work`],
    [ROOT, "/opt/loopd"],
    [process.execPath, "/usr/bin/node"],
    [homedir(), PERSON],
  ] as const)
    text = text.replaceAll(from, to);
  text = text.replaceAll(/\/tmp\/loopd-(\w+)-\w{6}/g, "/tmp/$1");
  text = text.replaceAll(/"(\d+)-\d{19}-\d+"/g, '"$1-1-1"').replaceAll(/limit of [\d.]+ s/g, "limit of 1 s");
  text = text.replaceAll(/127\.0\.0\.1:\d{4,5}/g, "127.0.0.1:8080");
  text = text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) =>
    new Date(moved(Date.parse(time))).toISOString(),
  );
  text = text.replaceAll(/(?<=:)1[789]\d{11}(?=[,}])/g, (time) => String(moved(Number(time))));
  const named = new Map<string, string>();
  const rename = (pattern: RegExp, name: (count: number) => string) => {
    let count = 0;
    text = text.replaceAll(pattern, (found) => {
      const known = named.get(found) ?? name((count += 1));
      named.set(found, known);
      return known;
    });
  };
  rename(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g, (count) => count.toString(16).padStart(64, "0"));
  rename(/(?<![0-9a-f-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, (count) => `request-${count}`);
  for (const [field, letter] of [
    ["id", "e"],
    ["session", "s"],
    ["turn", "t"],
  ] as const) {
    const ids = new Set(
      [...entries, ...all].map((entry) => entry[field]).filter((id) => id !== undefined && id !== "home"),
    );
    if (ids.size > 0)
      rename(new RegExp(`\\b(?:${[...ids].join("|")})(?![a-z0-9])`, "g"), (count) => `${letter}${count}`);
  }
  const nonces = entries.flatMap((entry) => (entry.kind === "session.created" ? [entry.data.nonce] : []));
  for (const [index, nonce] of nonces.entries()) text = text.replaceAll(nonce, `nonce00${index}`);
  rename(/(?<=(?:<|%3C)[a-z]+:\d+:|"[a-z]+ \d+ )[a-z0-9]{5}(?=[>"]|%3E)/g, (count) => `vault${count}`.slice(0, 5));
  const made = JSON.parse(text) as Entry[];
  if (!isTimed) for (const [index, entry] of made.entries()) entry.at = new Date(BEGAN + index).toISOString();
  return made;
}

/** What must be in no golden trace, on whatever machine it is read: folders that are not there elsewhere, and keys. */
export function foreignWords(): RegExp {
  const root = ROOT.replaceAll(/[^\w/]/g, ".");
  return new RegExp(["/root\\b", "/tmp/loopd-", root, "AKIA", "sk-ant"].join("|"));
}

/** Names of the machine that makes a trace, and of who makes it. */
export function namesOfMaker(): RegExp {
  const names = [hostname(), userInfo().username].map((name) => name.replaceAll(/\W/g, "."));
  return new RegExp(names.map((name) => `\\b${name}\\b`).join("|"));
}
