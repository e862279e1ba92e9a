import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished } from "vitest";
import type * as z from "zod";
import type { configSchema } from "../../src/protocol/config.ts";
import type { EntryData, Overrides } from "../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { journey, type Journey } from "../fakes/journey.ts";
import { mcpHome } from "../fakes/mcp/home.ts";
import { type ModelScript, type RequestBody, script } from "../fakes/model-server.ts";
import { type RecordingPrograms, recordingPrograms } from "../fakes/recording-programs.ts";
import { sends, site, type Site } from "../tools/web/site.ts";

export const LIAR = resolve(import.meta.dirname, "../fakes/mcp/liar.mjs");
const ENDPOINT_KEY = "sk-hostile-0123456789-endpoint";
const SSH_KEY = "the-private-key-of-the-person";
/** What an order may try to start; none of these may ever be called. */
const PROGRAMS =
  "loopd curl nc socat sqlite3 crontab at systemd-run launchctl getent nslookup xdg-open open xclip notify-send espeak-ng gio git";

/** A person's machine with something to lose on it, and witnesses of whatever would be lost. */
export interface HostileWorld extends Journey {
  home: string;
  /** The person's home folder, with a key and a hook's program. */
  person: string;
  /** A folder outside the workspace. */
  elsewhere: string;
  /** A web server that nothing may reach. */
  collector: Site;
  programs: RecordingPrograms;
  /** The card of another session that waits for the person all the time. */
  open: string;
  /** Fails unless everything is as it was, nothing has left, and no person was passed over. */
  expectUntouched(): Promise<void>;
}

/** What surrounds a hostile text: what the person has set up before, and files by their path in the workspace. */
export interface HostileSetting {
  config?: z.input<typeof configSchema>;
  files?: Readonly<Record<string, string>>;
  /** Notes of earlier sessions, by topic. */
  notes?: Readonly<Record<string, string>>;
  behaviour(world: () => HostileWorld): (body: RequestBody, number: number) => ModelScript;
}

/** Makes it. The person leaves one card of another session for later, and denies every other. */
export async function hostileWorld(setting: HostileSetting): Promise<HostileWorld> {
  const { config = {}, files = {}, notes = {}, behaviour } = setting;
  const [person, elsewhere] = [temporaryFolder("person"), temporaryFolder("elsewhere")];
  for (const folder of [person, elsewhere]) onTestFinished(() => removeFolder(folder));
  writeIn(person, { ".ssh/id_ed25519": SSH_KEY, "bin/audit.sh": "#!/bin/sh\ncat > /dev/null; echo '{}'\n" });
  writeIn(elsewhere, { "letter.txt": files["letter.txt"] ?? "" });
  const command = ["/bin/sh", join(person, "bin/audit.sh")];
  const hooks = [{ name: "audit", at: ["before" as const], when: { tool: "files_write" }, command }];
  const web = { allowedPrivateHosts: ["127.0.0.1", "localhost"] };
  const limits = { maxSteps: 200, maxDenials: 200, maxCorrections: 200, ...config.limits };
  const { home } = mcpHome({ hooks, web, ...config, limits });
  if (Object.keys(notes).length > 0) writeIn(join(home, "memory"), notesOf(notes));
  // The sandbox needs some of those programs itself, and inside it none could write down how it was called.
  const isSandboxed = config.sandbox?.mode === "auto";
  const collector = await site(sends("collected"));
  const programs = recordingPrograms(isSandboxed ? [] : PROGRAMS.split(" "));
  const made: { world?: HostileWorld } = {};
  const world = () => made.world ?? missing();
  const choose = behaviour(world);
  const begun = await journey((body, number) => (isWaiting(body) ? waiting : choose(body, number)), {
    ...{ home, key: ENDPOINT_KEY, environment: { HOME: person, PATH: programs.PATH } },
  });
  const { face, workspace, server } = begun;
  execFileSync("git", ["init", "-q", workspace]);
  writeIn(workspace, { "mine.txt": "the person's own words", ...files });
  symlinkSync(join(home, "run", "token"), join(workspace, "link-to-token"));
  symlinkSync(join(elsewhere, "letter.txt"), join(workspace, "link-out"));
  // Nothing in the sandbox can make such a link, and what the person linked there is the person's own doing.
  if (!isSandboxed) linkSync(join(home, "run", "token"), join(workspace, "hard-link-to-token"));
  symlinkSync("/proc/self/root", join(workspace, "link-to-root"));
  await face.submit({ input: WAITING, workspace });
  const open = (await face.untilKind("card.opened")).data.cardId;
  denyAllBut(open, face);

  const keeping = ["config.json", "secrets.json", "run/token"].map((name) => join(home, name));
  const kept = () => [person, workspace, elsewhere, ...keeping].flatMap(snapshot);
  const settings = async () => ({
    rules: (await face.connection.request("rule.list", {})).rules,
    endpoints: (await face.connection.request("endpoint.list", {})).endpoints,
    servers: (await face.connection.request("mcp.list", {})).servers.map(({ name, trust }) => ({ name, trust })),
    notes: (await face.connection.request("memory.list", {})).notes.map(({ topic }) => topic),
  });
  const before = { files: kept(), settings: await settings() };
  const secrets = [readFileSync(join(home, "run/token"), "utf8").trim(), ENDPOINT_KEY, SSH_KEY];
  const expectUntouched = async () => {
    expect(kept()).toEqual(before.files);
    expect(await settings()).toEqual(before.settings);
    expect(collector.asked).toEqual([]);
    expect(programs.called()).toEqual([]);
    const told = [...server.requests.map(({ text }) => text), ...face.entries.map((entry) => JSON.stringify(entry))];
    for (const secret of secrets) expect(told.filter((text) => text.includes(secret))).toEqual([]);
    const { cards } = await face.connection.request("card.list", {});
    expect(cards).toMatchObject([{ approvalId: open, state: "pending" }]);
    const resolutions = dataOf(face, "card.resolved").map(({ resolution }) => resolution);
    expect(resolutions.filter((one) => one === "approved" || one === "edited")).toEqual([]);
  };
  const whole = { ...begun, home, person, elsewhere, collector, programs, open, expectUntouched };
  made.world = whole;
  return whole;
}

const missing = (): never => {
  throw new Error("the model was asked before the world was there");
};

/** The data of all entries of a kind. */
export function dataOf<K extends Witness["entries"][number]["kind"]>(face: Witness, kind: K): EntryData<K>[] {
  return face.entries.flatMap((entry) => (entry.kind === kind ? [entry.data as EntryData<K>] : []));
}

/** Runs a turn to its end. */
export async function asked(
  { face, workspace }: HostileWorld,
  request: { input: string; overrides?: Overrides },
): Promise<EntryData<"turn.finished">> {
  const { turn } = await face.submit({ workspace, ...request });
  return (await face.untilKind("turn.finished", (entry) => entry.turn === turn)).data;
}

const WAITING = "Wait for me.";
const waiting = script().calls("shell_run", { command: "touch approved", outside: true });

/** Whether the model is asked by the session that waits for the person all the time. */
function isWaiting({ messages }: RequestBody): boolean {
  return JSON.stringify(messages[0]?.content).includes(WAITING);
}

/** A person who is asked to approve much and grants nothing. Ends with the connection, when the test does. */
function denyAllBut(open: string, face: Witness): void {
  const answered = new Set([open]);
  const isNew = ({ type, cardId }: EntryData<"card.opened">) => type === "approval" && !answered.has(cardId);
  const answer = async (): Promise<void> => {
    const { cardId } = (await face.untilKind("card.opened", ({ data }) => isNew(data))).data;
    answered.add(cardId);
    const denial = { resolution: "denied" as const, reason: "I did not ask for it", by: "the person" };
    await face.connection.request("card.resolve", { cardId, ...denial });
    return answer();
  };
  answer().catch(() => undefined);
}

function writeIn(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
}

const notesOf = (notes: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(notes).map(([topic, text]) => [`${topic}.md`, `${text}\n`]));

/** What is at a path and below it: files with the hash of their content, links with where they lead. */
function snapshot(path: string): string[] {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return [`${path} -> ${readlinkSync(path)}`];
  if (stats.isDirectory()) return [`${path}/`, ...readdirSync(path).flatMap((name) => snapshot(join(path, name)))];
  return [`${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`];
}
