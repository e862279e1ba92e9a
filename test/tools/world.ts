import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { CallContext, Outcome, RunnableCall } from "../../src/agent/ports.ts";
import { closedOnItsWay } from "../../src/agent/policy/closed-to-commands.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import { limitsSchema } from "../../src/protocol/config.ts";
import type { Facts, Json, Rule } from "../../src/protocol/values.ts";
import { type Catalogue, createCatalogue } from "../../src/tools/catalogue.ts";
import type { Place, Tool } from "../../src/tools/define-tool.ts";
import { createSandbox, type SandboxOptions } from "../../src/tools/sandbox/create-sandbox.ts";
import { openScreens } from "../../src/ax-helper/screens.ts";
import type { Sandbox } from "../../src/tools/sandbox/sandbox.ts";

let calls = 0;

const AROUND = { session: "s", origin: "user", overrides: {}, taints: [], endpointTrust: "local", now: 0 } as const;

/** A real folder with a home, a workspace and a place for blobs, and the tools working in it. */
export interface World {
  place: Place;
  catalogue: Catalogue;
  /** Real path of a file of the workspace. */
  path(...parts: string[]): string;
  file(relative: string, content: string | Uint8Array): Promise<string>;
  facts(name: string, input: Json): Promise<Facts>;
  /** Parses, inspects and runs a call, as the loop does with one that is allowed. */
  call(name: string, input: Json, options?: CallOptions): Promise<Outcome>;
  blob(name: string | undefined): Promise<Buffer>;
}

interface CallOptions {
  callId?: string;
  signal?: AbortSignal;
  spawned?: (pid: number, startTime: string) => Promise<void>;
  ask?: CallContext["ask"];
  /** The helper's side of what a tool asks for. */
  request?: CallContext["request"];
  /** The person's rules when it runs: what they close to it. */
  rules?: Omit<Rule, "layer">[];
  /** What the epoch lists. */
  listed?: string[];
  /** What it has before it of the screen. */
  sight?: RunnableCall["sight"];
  /** Whether the model sees pictures. */
  takesImages?: boolean;
  /** Most bytes of the output, where that is less than the world's. */
  outputBytes?: number;
  /** Happens between the decision and the run. */
  meanwhile?: () => Promise<unknown>;
}

/** Makes a world that is removed after the test. */
export async function world(
  options: {
    outputBytes?: number;
    tools?: Tool[];
    protectedPaths?: string[];
    sandbox?: SandboxSettings;
    /** As LOOPD_SCREEN_BACKEND. Absent: a screen that cannot be read. */
    screen?: string;
  } = {},
): Promise<World> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "loopd-tools-")));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const workspace = join(root, "work");
  const home = join(root, "home");
  const blobs = join(root, "blobs");
  for (const folder of [workspace, home, blobs]) await mkdir(folder);

  const save = async (bytes: Uint8Array): Promise<string> => {
    const name = createHash("sha256").update(bytes).digest("hex");
    await writeFile(join(blobs, name), bytes);
    return name;
  };
  const screens = openScreens({
    platform: process.platform,
    architecture: process.arch,
    environment: { ...process.env, LOOPD_SCREEN_BACKEND: options.screen ?? "fixture:/nowhere" },
  });
  onTestFinished(() => screens.screen.close());
  const place: Place = {
    workspace,
    home,
    protectedPaths: (options.protectedPaths ?? [".ssh"]).map((path) => join(home, path)),
    outputBytes: options.outputBytes ?? 16_384,
    environment: process.env,
    platform: process.platform,
    sandbox: sandboxOf(options.sandbox ?? { mode: "off", domains: [] }),
    screen: screens.of("test"),
    allowedPrivateHosts: [],
    saveBlob: save,
    saveBlobFile: async (path) => save(await readFile(path)),
    sourcesOf: () => Promise.resolve([]),
    sourcesOfBlob: () => [],
    describeSchedule: () => Promise.resolve({ lines: [], asOf: "2026-11-21T12:00:00.000Z" }),
    async readBlob(name, offset, length) {
      const bytes = await readFile(join(blobs, name)).catch(() => undefined);
      return bytes && { bytes: bytes.subarray(offset, offset + length), total: bytes.length };
    },
  };
  const limits = limitsSchema.parse({});
  const catalogue = createCatalogue({ limits: () => limits, ...(options.tools ? { tools: options.tools } : {}) });

  const parsed = (name: string, input: Json) => {
    const result = catalogue.book.parse(name, input);
    if (result.type === "invalid") throw new Error(result.message);
    const effect = catalogue.book.find(name)?.effect ?? "read";
    return { callId: `call.${process.pid}.${(calls += 1)}`, name, arguments: result.arguments, effect };
  };
  return {
    place,
    catalogue,
    path: (...parts) => join(workspace, ...parts),
    async file(relative, content) {
      const path = join(workspace, relative);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    facts: (name, input) => catalogue.inspect(parsed(name, input), place),
    async call(name, input, options = {}) {
      const call = { ...parsed(name, input), ...(options.callId ? { callId: options.callId } : {}) };
      const facts = await catalogue.inspect({ ...call, takesImages: options.takesImages }, place);
      await options.meanwhile?.();
      const rules = standingRules(options.rules ?? [], place.home);
      const closed = closedOnItsWay(call, facts, AROUND, rules);
      const where = { session: "s", turn: "t", attempt: 1, overrides: {} };
      const { listed, sight, outputBytes, takesImages } = options;
      const runnable: RunnableCall = { ...call, facts, ...where, ...closed, listed, sight, outputBytes, takesImages };
      return catalogue.run(runnable, place, {
        callId: call.callId,
        signal: options.signal ?? new AbortController().signal,
        progress: () => undefined,
        restartLimit: () => undefined,
        standStill: (until) => until,
        ask: options.ask ?? (() => Promise.reject(new Error("nobody is there to ask"))),
        request: options.request ?? (() => Promise.reject(new Error("there is no helper"))),
        spawned: async (pid, startTime) => {
          onTestFinished(() => endAfterTest(-pid));
          await options.spawned?.(pid, startTime);
        },
      });
    },
    blob: (name) => readFile(join(blobs, name ?? "no blob")),
  };
}

type SandboxSettings = ReturnType<SandboxOptions["settings"]>;

/** A real sandbox; off unless a test is about it, since every command in it costs more. */
function sandboxOf(settings: SandboxSettings): Sandbox {
  const mark = `sandbox.${process.pid}`;
  const sandbox = createSandbox({
    settings: () => settings,
    platform: process.platform,
    environment: process.env,
    mark,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Kills a process, or with a negative pid a group, that a failed test left behind. */
export function endAfterTest(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended long ago, as it should.
  }
}

/** Whether a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Resolves with the pids in a file once it has so many lines; the processes do not outlive the test. */
export async function pidsIn(path: string, count: number): Promise<number[]> {
  for (;;) {
    const lines = (await readFile(path, "utf8").catch(() => "")).split("\n").slice(0, -1);
    if (lines.length >= count) {
      const pids = lines.map(Number);
      for (const pid of pids) onTestFinished(() => endAfterTest(pid));
      return pids;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
