import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type MacError, macLine, type MacRequest } from "../../../src/ax-helper/backends/mac/protocol.ts";
import type { WorldFile } from "./world.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = join(root, "src/ax-helper/native");
const stub = join(root, "test/ax-helper/native/stub");
/** Calls of the C library's that the stub must not take over for the sanitizer as well. */
const RENAMED = ["posix_spawn", "posix_spawnattr_init", "posix_spawnattr_destroy", "posix_spawnattr_setflags", "dlsym"];

/** With the sanitizers for tests, without and optimised for figures. */
export type Build = "checked" | "fast";

const compilers = ["clang-14", "clang", "gcc"];
const found = compilers.find((name) => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

/** The compiler of this machine, or why there is none. Throws where CI must have one. */
export function compiler(): { name: string } | { missing: string } {
  if (found !== undefined) return { name: found };
  if (process.env["LOOPD_CI"] === "1") throw new Error("CI must have clang-14 to test loopd-screen.");
  return { missing: "no C compiler (clang-14) on this machine" };
}

const files = (folder: string, ends: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ends))
    .sort()
    .map((name) => join(folder, name));

/** Links the program to the stub and returns its path; built once for the same sources. */
export function buildProgram(build: Build): string {
  const chosen = compiler();
  if ("missing" in chosen) throw new Error(chosen.missing);
  const flags = {
    checked: ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"],
    fast: ["-O2"],
  }[build];
  const code = [sources, stub].flatMap((folder) => files(folder, ".c"));
  const hash = createHash("sha256").update([chosen.name, ...flags].join(" "));
  for (const file of [...code, ...files(sources, ".h"), ...files(stub, ".h")]) hash.update(readFileSync(file));
  const cache = join(root, "node_modules/.cache/loopd-screen");
  mkdirSync(cache, { recursive: true });
  const program = join(cache, hash.digest("hex").slice(0, 16));
  if (existsSync(program)) return program;
  const fresh = `${program}.${process.pid}`;
  const renames = RENAMED.map((name) => `-D${name}=stub_${name}`);
  const warnings = ["-Wall", "-Wextra", "-Werror"];
  execFileSync(chosen.name, ["-std=gnu11", ...warnings, ...flags, ...renames, `-I${sources}`, ...code, "-o", fresh]);
  renameSync(fresh, program);
  return program;
}

/** What the stub counted since the last `reset`; `live`: objects that the program holds. */
interface Counters {
  live: number;
  calls: number;
  slots: number;
  secretReads: number;
  /** The longest text and the longest list of elements that one answer carried. */
  mostUnits: number;
  mostElements: number;
  prompts: number;
}

/** What was done to the stub's world. */
type WorldEvent = Record<string, unknown> & { kind: "action" | "set" | "key" | "mouse" | "wake" };

/** The answer of a request, or why it was refused. */
type Answer = { ok: Record<string, unknown>; error?: undefined } | { ok?: undefined; error: MacError };

/** A running program over a world of its own. */
export interface Screen {
  pid: number;
  request(request: MacRequest | Record<string, unknown>): Promise<Answer>;
  /** Writes bytes as they are and reads one answer. */
  raw(bytes: string | Buffer): Promise<{ id: number | null } & Answer>;
  /** Changes the world by lines of the control pipe; done when this returns. */
  control(...lines: string[]): Promise<void>;
  counters(): Promise<Counters>;
  /** Everything that was done since the last call. */
  events(): Promise<WorldEvent[]>;
  /** Ends its input and returns exit code and what it wrote to stderr (the sanitizers' words). */
  end(): Promise<{ code: number | null; stderr: string }>;
}

/** Reads lines one by one; rejects when there are no more. */
function lineReader(lines: Interface, name: string): () => Promise<string> {
  const iterator = lines[Symbol.asyncIterator]();
  return async () => {
    const next = await iterator.next();
    if (next.done === true) throw new Error(`${name} ended`);
    return next.value;
  };
}

/** Starts the program over `world`. `environment` adds to its own. */
export async function startScreen(
  world: WorldFile,
  build: Build,
  environment: Record<string, string> = {},
): Promise<Screen> {
  const folder = mkdtempSync(join(tmpdir(), "loopd-world-"));
  const path = join(folder, "world.json");
  writeFileSync(path, JSON.stringify(world));
  const child = spawn(buildProgram(build), [], {
    env: { STUB_WORLD: path, STUB_CONTROL: "1", ASAN_OPTIONS: "detect_leaks=1", ...environment },
    stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  child.stdin.on("error", () => {});
  const control = child.stdio[3] as Writable;
  control.on("error", () => {});
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const answer = lineReader(createInterface({ input: child.stdout }), "loopd-screen");
  const told = lineReader(createInterface({ input: child.stdio[4] as Readable }), "the stub");
  let last = 0;

  const raw = async (bytes: string | Buffer) => {
    child.stdin.write(bytes);
    const line = await answer().catch((error: unknown) => {
      throw new Error(stderr || "loopd-screen ended", { cause: error });
    });
    const { id, ok, error } = macLine.parse(JSON.parse(line));
    return error === undefined ? { id, ok: ok as Record<string, unknown> } : { id, error };
  };
  const request = async (wanted: object): Promise<Answer> => {
    const id = (last += 1);
    const reply = await raw(`${JSON.stringify({ id, ...wanted })}\n`);
    if (reply.id !== id) throw new Error(`answered ${reply.id} instead of ${id}`);
    return reply;
  };
  const tell = async (...lines: string[]) => {
    control.write(lines.map((line) => `${line}\n`).join(""));
    await request({ do: "hello" });
  };
  const ask = async <T>(verb: string) => {
    await tell(verb);
    return JSON.parse(await told()) as T;
  };
  await request({ do: "hello" });
  rmSync(folder, { recursive: true, force: true });
  return {
    pid: child.pid ?? 0,
    request,
    raw,
    control: tell,
    counters: () => ask<Counters>("stats"),
    events: () => ask<WorldEvent[]>("events"),
    async end() {
      child.stdin.end();
      return { code: await closed, stderr };
    },
  };
}
