import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, type Connection, type Listener, socketPathOf } from "../protocol/connect.ts";
import { asLoopdError, type ErrorCode, LoopdError } from "../protocol/errors.ts";
import { type HelperProgram, startHelper } from "./start-helper.ts";
import { isInstalled, startInstalled } from "./start-installed.ts";

/** Milliseconds that a helper which somebody else started has to answer. */
const ANSWER_LIMIT = 10_000;
const RETRY_PAUSE = 25;
/** Milliseconds between two starts: the first may find that a helper which is just ending still holds the home. */
const START_PAUSE = 1000;
/** Errors that a helper on its way up or down causes: nothing listens, the socket goes away, the token is replaced. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["helper-unreachable", "connection-closed", "wrong-token"]);

/**
 * What to do when no helper answers.
 * - `if-missing`: start one.
 * - `unless-stopped`: start one if the last one died; if it was stopped on purpose, wait a while for another.
 * - `never`: fail.
 */
export type StartMode = "if-missing" | "unless-stopped" | "never";

export interface OpenOptions extends HelperProgram {
  /** What the helper calls us in its log. */
  client: string;
  start: StartMode;
}

/** The folder that holds everything of one helper: `LOOPD_HOME`, or the place the operating system has for it. */
export function homeFolder(environment: NodeJS.ProcessEnv, platform: string): string {
  if (environment.LOOPD_HOME) return resolve(environment.LOOPD_HOME);
  const person = environment.HOME || homedir();
  if (platform === "darwin") return join(person, "Library", "Application Support", "loopd");
  return join(environment.XDG_STATE_HOME || join(person, ".local", "state"), "loopd");
}

/**
 * A connection to the helper of a home, which is started first where `start` says so: by the system where it is installed,
 * else by us.
 * @throws LoopdError with the helper's own code and message when it cannot start; `helper-unreachable` when none
 * answers; `helper-outdated` when it speaks another protocol version.
 */
export async function openHelper(options: OpenOptions, listener: Listener): Promise<Connection> {
  const { home, client, start } = options;
  const socketPath = socketPathOf(home);
  const deadline = performance.now() + ANSWER_LIMIT;
  let nextStart = 0;
  let wrongTokens = 0;
  for (;;) {
    try {
      return await connect({ socketPath, token: await tokenOf(home), client }, listener);
    } catch (thrown) {
      const error = asLoopdError(thrown);
      if (error.code === "helper-outdated") throw outdated(error, await isInstalled(home));
      // A helper on its way up replaces the token; one that still refuses the second time means it.
      if (error.code === "wrong-token" && ++wrongTokens > 1) throw error;
      if (!PASSING.has(error.code) || start === "never" || performance.now() > deadline) throw error;
      const mayStart = error.code !== "wrong-token" && performance.now() >= nextStart;
      if (mayStart && (start === "if-missing" || (await exists(socketPath)))) {
        nextStart = performance.now() + START_PAUSE;
        if (await isInstalled(home)) await startInstalled(home);
        else await startHelper(options);
      } else {
        await delay(RETRY_PAUSE);
      }
    }
  }
}

async function tokenOf(home: string): Promise<string> {
  try {
    return (await readFile(join(home, "run", "token"), "utf8")).trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new LoopdError("helper-unreachable", `No helper runs for ${home}. Start it with: loopd helper start`, {
        cause,
      });
    }
    const message = `The token of the helper in ${home} cannot be read (${code}). Use the account that owns that folder, or set LOOPD_HOME.`;
    throw new LoopdError("home-unusable", message, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** One that is installed would come back as it is. */
function outdated(error: LoopdError, isKept: boolean): LoopdError {
  const isSaid = error.message.includes("loopd helper stop");
  const replace = isSaid ? "" : "Replace it: run loopd helper stop, then try again.";
  const advice = isKept ? "It is installed: bring it to this version with loopd helper install." : replace;
  return new LoopdError("helper-outdated", `${error.message} ${advice}`.trim(), { cause: error });
}
