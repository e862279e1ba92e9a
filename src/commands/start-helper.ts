import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isErrorCode, LoopdError } from "../protocol/errors.ts";
import { NODE_FLAGS } from "../protocol/node-flags.ts";

/** How to run the helper of a home. */
export interface HelperProgram {
  home: string;
  /** Path of `helper.mjs`. */
  helperScript: string;
  /** Path of a Node that it works on. */
  node: string;
}

/** Milliseconds until a helper that says nothing is given up. Generous: a large database may be migrated first. */
const START_LIMIT = 60_000;

/**
 * The environment of a helper. It outlives the program that starts it, so what that one was given for a single turn
 * (`LOOPD_ENDPOINT_*`, with a key) stays behind.
 */
export function helperEnvironment(environment: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("LOOPD_ENDPOINT_"));
  return { ...Object.fromEntries(kept), LOOPD_HOME: home };
}

/**
 * Starts a helper that lives on by itself, and resolves once it listens or has found that another one holds the home.
 * Gives its process id, or undefined where another one holds the home.
 * @throws LoopdError with the helper's own code and message, or `helper-unreachable` when it ended without a word.
 */
export async function startHelper(program: HelperProgram): Promise<number | undefined> {
  const complaints = openComplaints();
  try {
    const child = spawn(program.node, [...NODE_FLAGS, program.helperScript], {
      cwd: "/",
      detached: true,
      stdio: ["ignore", "ignore", complaints, "pipe"],
      env: { ...helperEnvironment(process.env, program.home), LOOPD_READY_FD: "3" },
    });
    const line = await firstLine(child);
    const said = parseLine(line);
    if (said?.ready === true) return said.pid ?? undefined;
    if (said?.error !== undefined) {
      const { code, message } = said.error;
      throw new LoopdError(isErrorCode(code) ? code : "helper-unreachable", message);
    }
    throw endedSilently(program, line, complaints);
  } finally {
    closeSync(complaints);
  }
}

type Said = { ready?: boolean; pid?: number | null; error?: { code: string; message: string } };

function parseLine(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}

/** The line that the helper writes when it knows how it went; empty if it ended, or the limit passed, without one. */
function firstLine(child: ChildProcess): Promise<string> {
  const pipe = child.stdio[3] as Readable;
  return new Promise((resolve) => {
    let text = "";
    const done = (line: string) => {
      clearTimeout(limit);
      pipe.destroy();
      child.removeAllListeners();
      child.on("error", () => {});
      child.unref();
      resolve(line);
    };
    const limit = setTimeout(() => done(""), START_LIMIT);
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end !== -1) done(text.slice(0, end));
    });
    pipe.on("end", () => done(text));
    pipe.on("error", () => done(text));
    child.once("error", (error) => done(`${error.message}`));
  });
}

/** A file that has no name any more: the helper can complain there for as long as it lives, and nothing is left over. */
function openComplaints(): number {
  const folder = mkdtempSync(join(tmpdir(), "loopd-start-"));
  try {
    return openSync(join(folder, "stderr"), "a+", 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endedSilently({ node, helperScript }: HelperProgram, line: string, complaints: number): LoopdError {
  let words = line;
  try {
    words ||= readFileSync(complaints, "utf8").trim().slice(-2000);
  } catch {
    words ||= "";
  }
  const message = `The helper (${node} ${helperScript}) did not start${words === "" ? "" : `: ${words}`}. See it fail with: loopd helper run`;
  return new LoopdError("helper-unreachable", message);
}
