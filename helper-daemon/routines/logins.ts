import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import type { Millis } from "../../src/protocol/values.ts";
import { findProgram } from "../../src/tools/runner/find-program.ts";

/** Where logins are looked for. */
interface Machine {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Names of this person's logins that last, each never used again; undefined where nobody can tell just now. */
export type Logins = (boot: string) => Promise<string[] | undefined>;

const LIMIT_MS: Millis = 5_000;

/**
 * Finds out who is logged in, as a person without rights can. macOS: the lines of `who` for the console (windows of a
 * terminal have lines too). Linux: the sessions of logind, but not those of services, of cron and of ssh without a
 * terminal; where there is no logind, `who`. Where there is neither, a boot of the machine counts as a login.
 */
export function createLogins({ platform, environment }: Machine): Logins {
  /** What a program says; undefined where it does not work here. Rejects where it takes too long, as it may do once. */
  const run = async (name: string, args: readonly string[]): Promise<string | undefined> => {
    const file = await findProgram(name, environment);
    if (file === undefined) return undefined;
    const env = { PATH: environment["PATH"] ?? "", LC_ALL: "C" };
    return new Promise((done, fail) => {
      execFile(file, args, { env, timeout: LIMIT_MS, maxBuffer: 1_000_000 }, (failure, output) => {
        if (failure?.killed === true) fail(failure);
        else done(failure === null ? output : undefined);
      });
    });
  };
  const look: Logins = async (boot) => {
    if (platform === "linux") {
      const sessions = await run("loginctl", ["list-sessions", "--no-legend", "--no-pager"]);
      if (sessions !== undefined) {
        const ids = sessionIds(sessions, userInfo().uid);
        if (ids.length === 0) return [];
        const properties = ["Id", "Class", "Remote", "TTY", "Timestamp"].flatMap((one) => ["--property", one]);
        const shown = await run("loginctl", ["show-session", ...ids, "--no-pager", ...properties]);
        return shown === undefined ? undefined : sessionNames(shown).map((name) => `${boot} ${name}`);
      }
    }
    const who = await run("who", []);
    // A system that keeps no such list has no line for anybody.
    if (platform !== "darwin" && (who ?? "").trim() === "") return [boot];
    return who === undefined
      ? undefined
      : seatLines(who, userInfo().username, platform).map((line) => `${boot} ${line}`);
  };
  return (boot) => look(boot).catch(() => undefined);
}

/** Ids of a user's sessions in `loginctl list-sessions`, whose further columns change from version to version. */
function sessionIds(text: string, uid: number): string[] {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([id = "", owner]) => (id !== "" && owner === String(uid) ? [id] : []));
}

/** Blocks of `Name=value` lines, of which those are logins that a person sits behind. */
function sessionNames(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const values = new Map(
      block
        .trim()
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const isPerson = values.get("Class") === "user";
    const isAtTerminal = values.get("Remote") !== "yes" || (values.get("TTY") ?? "") !== "";
    return isPerson && isAtTerminal ? [`${values.get("Id")} ${values.get("Timestamp") ?? ""}`] : [];
  });
}

/** Lines of `who` for one user at the machine itself; over a network too where that is how one works on it. */
function seatLines(text: string, user: string, platform: NodeJS.Platform): string[] {
  return text.split("\n").flatMap((line) => {
    const [name, terminal = ""] = line.trim().split(/\s+/);
    if (name !== user) return [];
    const isRemote = /\((?!:|tmux|S\.)[^)]+\)\s*$/.test(line);
    const isSeat = platform === "darwin" ? terminal === "console" : /^(tty\d|:\d|seat)/.test(terminal) || isRemote;
    return isSeat ? [line.trim().replace(/\s+/g, " ")] : [];
  });
}
